#!/usr/bin/env bash
# Shows what mempair is for: a client that knows one address goes on while the active node is killed.
# Several hosts as network namespaces on this machine, two real memcached, a real pair. Every step is checked;
# the first that is not so ends the demo with an error. The last line is JSON.
#   demo.sh          run and clean up
#   demo.sh --keep   leave the lab up and say how to play with it
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/pair.sh
. "$here/lib/pair.sh"

keep=no
case ${1:-} in
    '') ;;
    --keep) keep=yes ;;
    *) die "'$1' is unknown (expected: nothing, or --keep)" ;;
esac

MAX_CRASH_OUTAGE_MS=300
VIP=10.77.0.100
KEY=demo-$$

if [ -z "${MEMPAIR_IN_NAMESPACE:-}" ]; then
    install_packages
    require_build_tools
    echo "Building (the first time Maven fetches what it needs, some minutes) ..."
    build_mempair
    [ "$keep" = no ] || [ "$(id -u)" -eq 0 ] || [ -t 0 ] || die "--keep without root needs a terminal"
    enter_user_namespace "$here/demo.sh" "$@"
fi

export MEMPAIR_LAB=${MEMPAIR_LAB:-demo}
MEMPAIR_LAB_DIR=$(mktemp -d)
export MEMPAIR_LAB_DIR
step=starting
started=no

cleanup() {
    [ "$started" = no ] || lab down 2>/dev/null || true
    rm -rf "$MEMPAIR_LAB_DIR"
}

finish() {
    local status=$?
    trap - EXIT
    if [ "$status" -ne 0 ]; then
        echo "FAILED: $step"
        for log in "$MEMPAIR_LAB_DIR"/*.log; do
            [ ! -s "$log" ] || { echo "--- ${log##*/}" && tail -n 20 "$log"; }
        done
    fi
    if [ "$status" -eq 0 ] && [ "$keep" = yes ]; then
        how_to_play
    else
        cleanup
    fi
    if [ "$status" -eq 0 ]; then
        echo "{\"ok\":true,\"crash_outage_ms\":$crash_ms,\"switchover_outage_ms\":$switchover_ms,\"returned_as\":\"$returned_as\"}"
    else
        echo "{\"ok\":false,\"failed_at\":\"$step\"}"
    fi
    if [ "$status" -eq 0 ] && [ "$keep" = yes ] && [ -n "${MEMPAIR_IN_NAMESPACE:-}" ]; then
        bash -i || true
        cleanup
    fi
    exit "$status"
}

how_to_play() {
    cat <<EOF

The lab stays. Play with it:
    export MEMPAIR_LAB=$MEMPAIR_LAB MEMPAIR_LAB_DIR=$MEMPAIR_LAB_DIR
    $here/lab/lab.sh status
    $here/bin/mempair status --control $MEMPAIR_LAB_DIR/a.sock
    $here/lab/lab.sh exec c $here/bin/mempair probe $VIP --for 10s
    $here/lab/lab.sh fault kill-a         (others: $here/lab/lab.sh help)
    $here/lab/lab.sh exec c nc $VIP 11211
Logs and files of the nodes are in $MEMPAIR_LAB_DIR.
EOF
    if [ -n "${MEMPAIR_IN_NAMESPACE:-}" ]; then
        echo "You get a shell inside the lab now; leaving it removes everything."
    else
        echo "Remove it with: MEMPAIR_LAB=$MEMPAIR_LAB $here/lab/lab.sh down"
    fi
}

say() {
    step=$*
    printf '\n== %s\n' "$*"
}

indent() {
    sed 's/^/   /'
}

read_again() {
    local answer
    answer=$(through_the_address "get $KEY")
    indent <<<"$answer"
    grep -qx hello <<<"$answer"
}

trap finish EXIT

say "Six hosts on this machine: nodes a and b, a client c, memcached on m1 and m2"
lab up
started=yes
start_memcached m1
start_memcached m2
for node in a b; do
    lab config $node >"$MEMPAIR_LAB_DIR/$node.yaml"
    "$here/bin/mempair" check-config "$MEMPAIR_LAB_DIR/$node.yaml"
done

say "Starting the pair; a has the higher priority"
start_node a
start_node b
wait_until 20 "one of the nodes is active" eval 'is_active a || is_active b'
active=a standby=b
is_active a || active=b standby=a
wait_until 20 "$standby is standby" is_standby $standby
echo "   $active is active and holds $VIP, $standby is standby"

say "The client writes and reads through $VIP"
answer=$(through_the_address "set $KEY 0 0 5" hello "get $KEY")
indent <<<"$answer"
grep -qx STORED <<<"$answer"
grep -qx hello <<<"$answer"

say "The standby serves nobody: its own address refuses the client"
if lab exec c nc -z -w 2 "$(own_address $standby)" 11211; then
    die "$standby accepts clients though it is standby"
fi
echo "   refused, as it must be"

say "kill -9 of the active node $active, while the client asks every 5 ms"
start_probe
lab fault kill-$active
wait_until 15 "$standby is active" is_active $standby
stop_probe
crash_ms=$outage_ms
echo "   $standby took over; the client saw an outage of $crash_ms ms"
step="the outage after kill -9 is under $MAX_CRASH_OUTAGE_MS ms"
[ "$crash_ms" -lt $MAX_CRASH_OUTAGE_MS ]

say "The same key is still there"
read_again

say "The killed node comes back"
start_node $active
wait_until 20 "$active is standby" is_standby $active
returned_as=$(http $active /status | json_text role)
is_active $standby
echo "   $active returned as $returned_as; $standby goes on serving"

say "A planned switchover, back to $active"
start_probe
timeout 30 "$here/bin/mempair" switchover --control "$MEMPAIR_LAB_DIR/$standby.sock" | indent
wait_until 10 "$active is active" is_active $active
wait_until 10 "$standby is standby" is_standby $standby
stop_probe
switchover_ms=$outage_ms
echo "   the client saw an outage of $switchover_ms ms"
read_again

say "Done"
