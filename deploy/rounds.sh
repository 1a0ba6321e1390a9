#!/usr/bin/env bash
# Fault rounds: breaks the active node of a real pair in the lab again and again, in ways drawn from a seed, and
# checks after each round that one node is active, the other standby, and the data still there. One line a round:
# the fault, the outage a client saw, and for how long both hosts had the address on their interface.
#   rounds.sh [ROUNDS [SEED [FAULT...]]]      default: 20 rounds, seed 1, every fault
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/pair.sh
. "$here/lib/pair.sh"

FAULTS=(kill killall killguard stop freeze cut link term switchover)
rounds=${1:-20} seed=${2:-1} faults=("${@:3}")
[[ $rounds =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ ]] || die "expected: rounds.sh [ROUNDS [SEED [FAULT...]]]"
[ ${#faults[@]} -gt 0 ] || faults=("${FAULTS[@]}")
for fault in "${faults[@]}"; do
    [[ " ${FAULTS[*]} " == *" $fault "* ]] || die "'$fault' is no fault (expected: ${FAULTS[*]})"
done
VIP=10.77.0.100
KEY=rounds-$$

if [ -z "${MEMPAIR_IN_NAMESPACE:-}" ]; then
    install_packages
    require_build_tools
    (cd "$here/.." && timeout 1200 mvn -B -q -DskipTests package) || die "the build failed"
    enter_user_namespace "$here/rounds.sh" "$@"
fi

export MEMPAIR_LAB=${MEMPAIR_LAB:-rounds}
MEMPAIR_LAB_DIR=$(mktemp -d)
export MEMPAIR_LAB_DIR

finish() {
    local status=$?
    trap - EXIT
    if [ "$status" -ne 0 ]; then
        echo "NOT SO in round ${round:-0}, fault ${fault:-none} on ${active:-?}, seed $seed"
        for node in a b; do
            echo "--- node $node" && http $node /status && tail -n 40 "$MEMPAIR_LAB_DIR/node-$node.log"
        done
    fi
    [ -z "${watcher:-}" ] || kill "$watcher" 2>/dev/null || true
    lab down 2>/dev/null || true
    rm -rf "$MEMPAIR_LAB_DIR"
    exit "$status"
}
trap finish EXIT

holds() {
    lab exec "$1" ip -o addr show dev eth0 to $VIP 2>/dev/null | grep -q .
}

# Writes a line for each look at the two interfaces that found the address on both.
watch_both() {
    while true; do
        if holds a && holds b; then
            date +%s%N
        fi
        sleep 0.02
    done >"$MEMPAIR_LAB_DIR/both"
}

both_ms() {
    awk 'NR == 1 { first = $1 } { last = $1 } END { print NR ? int((last - first) / 1000000) : 0 }' "$MEMPAIR_LAB_DIR/both"
}

settled() {
    { is_active a && is_standby b; } || { is_active b && is_standby a; }
}

other() {
    [ "$1" = a ] && echo b || echo a
}

break_node() {
    case $fault in
        switchover) "$here/bin/mempair" switchover --control "$MEMPAIR_LAB_DIR/$active.sock" >/dev/null ;;
        term) kill -TERM "$(lab pid "$active")" ;;
        *) lab fault "$fault-$active" ;;
    esac
}

# What ends the fault; a hang or a cut lasts one to four seconds.
mend() {
    case $fault in
        kill | killall | term)
            wait_until 15 "$(other "$active") is active" is_active "$(other "$active")"
            start_node "$active"
            ;;
        stop | freeze | cut | link)
            sleep $((1 + RANDOM % 4))
            lab heal
            ;;
    esac
}

lab up
start_memcached m1
start_memcached m2
for node in a b; do
    lab config $node >"$MEMPAIR_LAB_DIR/$node.yaml"
    start_node $node
done
wait_until 30 "the pair is settled" settled
through_the_address "set $KEY 0 0 5" hello | grep -qx STORED

RANDOM=$seed
for ((round = 1; round <= rounds; round++)); do
    fault=${faults[RANDOM % ${#faults[@]}]}
    active=a
    is_active a || active=b
    start_probe
    watch_both &
    watcher=$!
    break_node
    mend
    wait_until 20 "one node is active and the other standby" settled
    kill "$watcher"
    watcher=''
    stop_probe >/dev/null
    through_the_address "get $KEY" | grep -qx hello
    printf '{"round":%d,"fault":"%s","on":"%s","outage_ms":%d,"both_held_ms":%d}\n' \
        "$round" "$fault" "$active" "$outage_ms" "$(both_ms)"
done
echo "{\"ok\":true,\"rounds\":$rounds,\"seed\":$seed}"
