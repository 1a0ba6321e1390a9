#!/usr/bin/env bash
# A soak: many connections that mix text, meta and binary through one proxy in front of two memcached, pipelined, with
# values of 1 to 1,000,000 bytes. Every answer is known before it comes and compared. The last line is JSON; the exit
# code is 0 only if no answer was wrong or lost, nothing was evicted, and the proxy's memory stayed flat: the median of
# the last fifth is at most 15 % above that of the second (judged from 60 seconds on).
#   soak.sh [SECONDS [CONNECTIONS [SEED]]]      default: 300 seconds, 64 connections, seed 1
# SOAK_COPIES=yes makes the second memcached the backup of the first. SOAK_DIRECT=yes leaves the proxy out: memcached
# itself must pass.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

seconds=${1:-300} connections=${2:-64} seed=${3:-1}
for number in "$seconds" "$connections" "$seed"; do
    [[ $number =~ ^[0-9]{1,9}$ ]] || die "'$number' is no number (expected: soak.sh [SECONDS [CONNECTIONS [SEED]]])"
done
if [ "$seconds" -lt 1 ] || [ "$connections" -lt 1 ]; then
    die "expected: at least one second and one connection"
fi

# the end-to-end tests start this script when all is built
if [ -z "${SOAK_IS_BUILT:-}" ]; then
    install_packages
    require_build_tools
    echo "Building ..."
    build_mempair
fi
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
pids=()

finish() {
    local status=$?
    trap - EXIT
    [ "$status" -eq 0 ] || [ ! -s "$work/proxy.log" ] || { echo "--- proxy.log" && tail -n 40 "$work/proxy.log"; } >&2
    [ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT

accepts() {
    nc -z -w 1 127.0.0.1 "$1"
}

# Prints a port nobody listens on now.
free_port() {
    local port
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 12000))
        accepts "$port" || { echo "$port" && return; }
    done
    die "no free port between 20000 and 32000"
}

# Values of a million bytes fit the usual item limit; the memory is more than all keys together can need. The mover of
# slab pages is off: an item it moves gets a new cas id, and a cas the soak expects to hold would then fail.
start_memcached() {
    memcached -u root -l 127.0.0.1 -p "$1" -U 0 -t 2 -m 4096 -c 4096 -o no_slab_reassign,slab_automove=0 \
        >"$work/memcached-$1.log" 2>&1 &
    pids+=($!)
    disown
    wait_until 10 "memcached accepts on port $1" accepts "$1"
}

first=$(free_port)
start_memcached "$first"
second=$(free_port)
start_memcached "$second"
if [ "${SOAK_DIRECT:-}" = yes ]; then
    port=$second
else
    port=$(free_port)
    second_is=-s
    [ "${SOAK_COPIES:-}" != yes ] || second_is=-b
    "$here/bin/mempair" proxy -l 127.0.0.1 -p "$port" -s 127.0.0.1:"$first" "$second_is" 127.0.0.1:"$second" \
        >"$work/proxy.log" 2>&1 &
    pids+=($!)
    disown
    wait_until 30 "the proxy accepts on port $port" accepts "$port"
fi
"$java" -Xmx1g -cp "$here/target/test-classes" io.mempair.deploy.soak.Soak \
    "$port" "${pids[-1]}" "$seconds" "$connections" "$seed" "$first" "$second"
