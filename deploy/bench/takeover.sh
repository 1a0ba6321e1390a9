#!/usr/bin/env bash
# How fast a node is right after it took over: a pair in the lab under a steady load (open loop), kill -9 of the active
# node, and what clients waited in each of the ten seconds after. A line a round to standard output.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../lib/common.sh
. "$here/lib/common.sh"

usage() {
    cat <<'END'
usage: takeover.sh [--rounds N] [--standby SECONDS] [--rate N] [--backups] [--without warmup] [--without cache]

  --rounds N         take-overs, each of a new pair (default: 3)
  --standby SECONDS  how long the standby is up when the active node is killed, at least 10 (default: 60)
  --rate N           requests a second (default: 5000)
  --backups          the second server is the backup of the first
  --without WHAT     warmup: node.warmup is false; cache: nothing of "mempair cache" is used

Of each tenth of a second mempair bench tells the p99. A column a second: the median of its tenths, and in brackets the
worst. Second 1 begins with the tenth after the one in which the outage ended, because the requests that were due in the
outage are in that. "ratio" is second 1 to second 10, by the medians. Microseconds, but for the longest wait.

JAVA_HOME    the JDK of the nodes (default: as deploy/bin/mempair chooses)
MEMPAIR_LAB  name of the lab (default: takeover)
TAKEOVER_KEEP=yes  leaves the logs of the last run and says where
END
}

all=("$@") rounds=3 standby=60 rate=5000 backups='' warmup=true
while [ $# -gt 0 ]; do
    case $1 in
        --rounds) rounds=${2:-} && shift ;;
        --standby) standby=${2:-} && shift ;;
        --rate) rate=${2:-} && shift ;;
        --backups) backups=yes ;;
        --without)
            case ${2:-} in
                warmup) warmup=false ;;
                cache) export MEMPAIR_CACHE=no ;;
                *) die "--without: '${2:-}' (expected: warmup or cache)" ;;
            esac
            shift
            ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done
for number in "$rounds" "$standby" "$rate"; do
    [[ $number =~ ^[0-9]{1,6}$ ]] || die "'$number' (expected: a whole number)"
done
[ "$standby" -ge 10 ] || die "--standby: $standby (expected: at least 10)"

if [ -z "${MEMPAIR_IN_NAMESPACE:-}" ] && ! compgen -G "$here/target/lib/ha-agent-*.jar" >/dev/null; then
    install_packages
    require_build_tools
    build_mempair
fi
enter_user_namespace "$here/bench/takeover.sh" "${all[@]}"

VIP=10.77.0.100
lab_of_script takeover "${TAKEOVER_KEEP:-}"
# shellcheck source=../lib/pair.sh
. "$here/lib/pair.sh"
[ -z "$backups" ] || export MEMPAIR_SERVERS=10.77.0.21:11211 MEMPAIR_BACKUPS=10.77.0.22:11211

# Seconds of load before the kill: the load program has to be warm itself.
LOAD_BEFORE=8

start_pair() {
    local host
    lab up >&2
    start_memcached m1
    start_memcached m2
    for host in a b; do
        lab config $host | sed "s/^node: {/&warmup: $warmup, /" >"$MEMPAIR_LAB_DIR/$host.yaml"
        start_node $host
        # one after the other: which of two that start together wins is not certain
        [ $host = b ] || wait_until 60 'a is active' is_active a
    done
    wait_until 60 'b is standby' is_standby b
}

# The table line of a round from the intervals of the load. The outage ends in the first with answers after the one that lost connections.
line() {
    awk '
        function field(name) { return match($0, "\"" name "\":[0-9]+") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0 : 0 }
        /"interval_end_ms"/ {
            n++; p99[n] = field("p99_us"); max[n] = field("max_us"); lost[n] = field("lost_connections"); requests[n] = field("requests")
            if (!first && lost[n]) { first = n }
        }
        function second(s,   i, k, v, sorted, t) {
            for (i = 1; i <= 10; i++) { sorted[i] = p99[end + (s - 1) * 10 + i] }
            for (i = 2; i <= 10; i++) { for (k = i; k > 1 && sorted[k] < sorted[k - 1]; k--) { t = sorted[k]; sorted[k] = sorted[k - 1]; sorted[k - 1] = t } }
            median[s] = sorted[6]
            return sprintf(" %d (%d)", sorted[6], sorted[10])
        }
        END {
            if (!first) { print "no connection was lost: no take-over seen"; exit 1 }
            for (end = first + 1; end <= n && !requests[end]; end++) { }
            if (end + 100 > n) { print "the load ended too soon"; exit 1 }
            out = sprintf("longest wait of the first tenth %d ms, p99 of seconds 1 to 10:", max[end] / 1000)
            for (s = 1; s <= 10; s++) { out = out second(s) }
            printf "%s, ratio %.1f\n", out, median[1] / median[10]
        }' "$1"
}

for ((round = 1; round <= rounds; round++)); do
    start_pair
    sleep $((standby - LOAD_BEFORE))
    lab exec c env -u JAVA_HOME "$here/bin/mempair" bench "$VIP" --rate "$rate" --seconds $((LOAD_BEFORE + 14)) --warm-up 0 \
        --every 0.1 --timeout 1 --reconnect --json >"$MEMPAIR_LAB_DIR/bench-$round.json" 2>>"$MEMPAIR_LAB_DIR/bench.log" &
    load=$!
    sleep $LOAD_BEFORE
    lab fault kill-a
    # requests that the outage cost are in its exit code
    wait "$load" || true
    grep 'warmup complete' "$MEMPAIR_LAB_DIR/node-b.log" | tail -n 1 | sed 's/.*LoopbackWarmup: /  b /' >&2 || true
    echo "round $round, load $(cut -d' ' -f1 /proc/loadavg): $(line "$MEMPAIR_LAB_DIR/bench-$round.json")"
    lab down
done
