# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the scripts read outage_ms, and set $here
# A pair in the lab, as the demo uses it: sourced after common.sh, never run. Needs $here
# (the folder of deploy), MEMPAIR_LAB, MEMPAIR_LAB_DIR and $VIP.

lab() {
    "$here/lab/lab.sh" "$@"
}

start_memcached() {
    "$here/lab/lab.sh" exec "$1" memcached -u root >"$MEMPAIR_LAB_DIR/$1.log" 2>&1 &
    disown
}

start_node() {
    "$here/lab/lab.sh" exec "$1" "$here/bin/mempair" node --config "$MEMPAIR_LAB_DIR/$1.yaml" >>"$MEMPAIR_LAB_DIR/node-$1.log" 2>&1 &
    disown
}

own_address() {
    [ "$1" = a ] && echo 10.77.0.11 || echo 10.77.0.12
}

# http HOST PATH: asked from the client's host, as a load balancer would.
http() {
    printf 'GET %s HTTP/1.0\r\n\r\n' "$2" | lab exec c timeout 3 nc -w 2 "$(own_address "$1")" 9411 2>/dev/null || true
}

is_active() {
    http "$1" /health/active | head -n 1 | grep -q ' 200 '
}

is_standby() {
    [ "$(http "$1" /status | json_text role)" = standby ]
}

# Sends lines through the virtual address and prints the answer.
through_the_address() {
    printf '%s\r\n' "$@" quit | lab exec c timeout 5 nc -w 3 "$VIP" 11211 | tr -d '\r'
}

# What an earlier probe said must be gone first: it would be taken for this one's.
start_probe() {
    rm -f "$MEMPAIR_LAB_DIR/probe.json" "$MEMPAIR_LAB_DIR/probe.log"
    : >"$MEMPAIR_LAB_DIR/probe.log"
    "$here/lab/lab.sh" exec c "$here/bin/mempair" probe "$VIP" --for 60s --key "$KEY" --json \
        >"$MEMPAIR_LAB_DIR/probe.json" 2>>"$MEMPAIR_LAB_DIR/probe.log" &
    probe=$!
    wait_until 15 "the probe gets an answer" grep -q '^probing' "$MEMPAIR_LAB_DIR/probe.log"
}

# One more second, so that a late hiccup is counted too; then the longest time without an answer.
stop_probe() {
    sleep 1
    kill -TERM "$probe"
    wait "$probe"
    sed 's/^/   /' "$MEMPAIR_LAB_DIR/probe.json"
    grep -q '"lasting":false' "$MEMPAIR_LAB_DIR/probe.json"
    outage_ms=$(json_number longest_outage_ms <"$MEMPAIR_LAB_DIR/probe.json")
}
