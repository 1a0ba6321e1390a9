#!/usr/bin/env bash
# What a request costs: mempair beside nutcracker (twemproxy) and memcached itself, all on this machine, the same load on
# each in turn (A B C, B C A, C A B), so that a slow minute is everybody's. The load is mempair bench, which verifies every
# reply. A table for each scenario goes to standard output; what each round measured goes to standard error.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../lib/common.sh
. "$here/lib/common.sh"

# letter, number of servers, primaries or copies, what mempair bench is told
SCENARIOS='
g 2 spread --connections 1   --gets 100
a 2 spread --connections 50  --gets 90
b 2 spread --connections 200 --gets 90
c 2 spread --connections 16  --gets 100 --depth 32
d 4 spread --connections 8   --gets 100 --multi-get 50
e 2 spread --connections 16  --gets 90  --value-size 64k --keys 1000
f 2 spread --connections 50  --gets 90
h 2 copies --connections 50  --gets 0
o 2 spread --connections 50  --gets 90  --rate 8000
'
# of scenario f: so many more connections, which ask so much together
IDLE_CONNECTIONS=1000 IDLE_RATE=100

usage() {
    cat <<'END'
usage: compare.sh [--rounds N] [--seconds N] [--prewarm N] [--jdk FOLDER] [SCENARIO...]

  --rounds N     measurements of each program in each scenario (default: 5)
  --seconds N    length of each (default: 3)
  --prewarm N    seconds of load on each program before its first round, which a JVM needs (default: 8)
  --jdk FOLDER   of the proxy (default: as deploy/bin/mempair chooses)

scenarios (default: all), values of 100 bytes unless said:
  g  1 connection, gets: what the hop adds          e  16 connections, 64 KB values, 90 % gets
  a  50 connections, 90 % gets                      f  a, with 1000 connections more that are nearly idle
  b  200 connections, 90 % gets                     h  50 connections, sets to two copies (mempair alone)
  c  16 connections, 32 gets in flight on each      o  open loop: 8000 requests/s over 50 connections
  d  8 connections, gets of 50 keys, 4 servers

CPU: user and system time of the proxy for each request. ratio: to nutcracker, median of the ratios of the same round.
The other columns are medians. Exit code 1 if a reply was wrong or missing.
BENCH_IS_BUILT=yes does not build first. BENCH_CPU=N puts everything on that CPU, which gives the steadiest figures.
END
}

rounds=5 seconds=3 prewarm=8 jdk='' wanted=()
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage && exit 0 ;;
        --rounds | --seconds | --prewarm)
            [[ ${2:-} =~ ^[1-9][0-9]{0,3}$ ]] || die "$1: '${2:-}' (expected: a whole number, 1..9999)"
            printf -v "${1#--}" %s "$2"
            shift 2
            ;;
        --jdk)
            [ -x "${2:-}/bin/java" ] || die "--jdk: '${2:-}' (expected: a folder with bin/java)"
            jdk=$2
            shift 2
            ;;
        [a-z])
            grep -q "^$1 " <<<"$SCENARIOS" || die "no scenario '$1' (expected: of $(awk 'NF {printf "%s ", $1}' <<<"$SCENARIOS"))"
            wanted+=("$1")
            shift
            ;;
        *) die "'$1' (expected: --rounds, --seconds, --prewarm, --jdk or a scenario; see --help)" ;;
    esac
done
[ ${#wanted[@]} -gt 0 ] || mapfile -t wanted < <(awk 'NF {print $1}' <<<"$SCENARIOS")

PATH=$PATH:/usr/sbin:/sbin
if [ -z "${BENCH_IS_BUILT:-}" ]; then
    # without nutcracker there is nothing to compare with, and still something to measure
    install_packages || true
    (install_packages "$VERSUS_PACKAGES") || echo "compare.sh: no nutcracker, no ratios" >&2
    require_build_tools
    build_mempair
fi
command -v memcached >/dev/null || die "no memcached (on Debian: apt-get install memcached)"
if [ -n "${BENCH_CPU:-}" ]; then
    taskset -pc "$BENCH_CPU" $$ >/dev/null || die "BENCH_CPU: '$BENCH_CPU' (expected: the number of a CPU)"
fi

work=$(mktemp -d)
declare -A port_of pid_of idle
pids=() servers=() failed=no

# Ends what was started since, and forgets it.
stop_all() {
    local pid
    [ ${#pids[@]} -gt 0 ] || return 0
    kill -TERM "${pids[@]}" 2>/dev/null || true
    for pid in "${pids[@]}"; do
        timeout 10 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    pids=()
}

finish() {
    local status=$?
    trap - EXIT
    stop_all
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

accepts() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Puts a port nobody listens on into the variable "port".
choose_port() {
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 12000))
        accepts "$port" || return 0
    done
    die "no free port between 20000 and 32000"
}

# start NAME COMMAND...: in the background; remembers its process id, and the port in "port".
start() {
    local name=$1
    shift
    "$@" >"$work/$name.log" 2>&1 &
    pids+=($!)
    pid_of[$name]=$!
    port_of[$name]=$port
    wait_until 30 "$name accepts on port $port" accepts "$port" || { tail -n 20 "$work/$name.log" >&2 && die "no $name"; }
}

start_servers() {
    local number
    servers=()
    for number in $(seq "$1"); do
        choose_port
        start "memcached-$number" memcached -u "$(id -un)" -l 127.0.0.1 -p "$port" -U 0 -t 1 -m 1024 -c 16384
        servers+=("127.0.0.1:$port")
    done
}

start_mempair() {
    local arguments=(-s "$(IFS=, && echo "${servers[*]}")")
    [ "$1" = spread ] || arguments=(-s "${servers[0]}" -b "${servers[1]}")
    choose_port
    start mempair env ${jdk:+JAVA_HOME="$jdk"} "$here/bin/mempair" proxy "${arguments[@]}" -l 127.0.0.1 -p "$port" -n 20000
}

start_nutcracker() {
    local server statistics
    choose_port
    statistics=$port
    while [ "$port" = "$statistics" ]; do choose_port; done
    {
        printf 'pool:\n  listen: 127.0.0.1:%s\n  hash: fnv1a_64\n  distribution: ketama\n' "$port"
        printf '  auto_eject_hosts: false\n  preconnect: true\n  backlog: 1024\n  servers:\n'
        for server in "${servers[@]}"; do printf '    - %s:1\n' "$server"; done
    } >"$work/nutcracker.yml"
    start nutcracker nutcracker -c "$work/nutcracker.yml" -a 127.0.0.1 -s "$statistics" -i 3600000
}

# load NAME SECONDS WARM-UP ARGUMENT...: puts load on it; the result is the line of JSON in "result".
load() {
    local name=$1 length=$2 warm_up=$3 status=0
    shift 3
    result=$(timeout $((length + 120)) "$here/bin/mempair" bench "127.0.0.1:${port_of[$name]}" --json --seconds "$length" \
        --warm-up "$warm_up" --pid "${pid_of[$name]}" "$@" 2>"$work/bench.err") || status=$?
    if [ "$status" -ne 0 ]; then
        failed=yes
        echo "compare.sh: $name: $(cat "$work/bench.err") $result" >&2
    fi
}

# Adds a line to the measurements: name, round, CPU us, requests/s, p50, p99, p99.9, RSS in MB.
measure() {
    local name=$1 round=$2 cpu rss
    shift 2
    load "$name" "$seconds" 1 "$@"
    [ -n "$result" ] || return 0
    cpu=$(json_number process_cpu_ns_per_request <<<"$result")
    rss=$(awk '/^VmRSS:/ {print int($2 / 1024)}' "/proc/${pid_of[$name]}/status")
    printf '%s %s %s %s %s %s %s %s\n' "$name" "$round" "$(awk -v ns="$cpu" 'BEGIN {printf "%.2f", ns / 1000}')" \
        "$(json_number requests_per_second <<<"$result")" "$(json_number p50_us <<<"$result")" \
        "$(json_number p99_us <<<"$result")" "$(json_number p999_us <<<"$result")" "$rss" |
        tee -a "$work/measured" | sed "s/^/  $scenario /" >&2
}

# The many connections of scenario f, to each program its own; they end before the programs do.
start_idle() {
    local name=$1
    MEMPAIR_JAVA_OPTS='-XX:TieredStopAtLevel=1' "$here/bin/mempair" bench "127.0.0.1:${port_of[$name]}" \
        --connections "$IDLE_CONNECTIONS" --rate "$IDLE_RATE" --keys 100 --seconds 43200 --warm-up 0 --value-size 101 \
        >"$work/idle-$name.log" 2>&1 &
    pids+=($!)
    idle[$name]=$!
}

# What the idle connections met is a fault as any other.
check_idle() {
    local name
    for name in "${!idle[@]}"; do
        kill -0 "${idle[$name]}" 2>/dev/null || { failed=yes && echo "compare.sh: idle connections to $name: $(cat "$work/idle-$name.log")" >&2; }
    done
    idle=()
}

table() {
    awk -v names="${names[*]}" '
        function median(list,    n, i, j, v, t) {
            n = split(list, v, " ")
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
            return n == 0 ? "-" : n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
        }
        function shown(value, column) { return value == "-" ? value : sprintf(column == 3 ? "%.2f" : "%.0f", value) }
        { for (i = 3; i <= 8; i++) all[$1, i] = all[$1, i] " " $i; at[$1, $2] = $3; if ($2 > last) last = $2 }
        END {
            print "| | CPU us | ratio | requests/s | p50 us | p99 us | p99.9 us | RSS MB |"
            print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
            n = split(names, name, " ")
            for (k = 1; k <= n; k++) {
                ratios = ""
                for (r = 0; r <= last; r++)
                    if (at[name[k], r] > 0 && at["nutcracker", r] > 0) ratios = ratios " " at[name[k], r] / at["nutcracker", r]
                line = "| " name[k]
                for (i = 3; i <= 8; i++) {
                    line = line " | " (name[k] == "direct" && (i == 3 || i == 8) ? "-" : shown(median(all[name[k], i]), i))
                    if (i == 3) line = line " | " (name[k] == "direct" || ratios == "" ? "-" : sprintf("%.2f", median(ratios)))
                }
                print line " |"
            }
        }' "$work/measured"
}

run() {
    local count=$1 kind=$2 name round turn
    shift 2
    : >"$work/measured"
    start_servers "$count"
    start_mempair "$kind"
    names=(mempair)
    if [ "$kind" = spread ]; then
        ! command -v nutcracker >/dev/null || { start_nutcracker && names+=(nutcracker); }
        names+=(direct)
        # of several servers, the first has it all
        port_of[direct]=${servers[0]##*:}
        pid_of[direct]=${pid_of[memcached-1]}
    fi
    for name in "${names[@]}"; do
        [ "$scenario" != f ] || start_idle "$name"
        load "$name" "$prewarm" 0 "$@"
    done
    for round in $(seq 0 $((rounds - 1))); do
        for turn in "${!names[@]}"; do
            measure "${names[$(((round + turn) % ${#names[@]}))]}" "$round" --seed $((round + 1)) "$@"
        done
    done
    printf '\n%s: %s servers, %s, %s rounds of %s s, load %s\n\n' "$scenario" "$count" "$*" "$rounds" "$seconds" "$(cut -d ' ' -f 1 /proc/loadavg)"
    table
    check_idle
    stop_all
}

for scenario in "${wanted[@]}"; do
    read -ra parts < <(grep "^$scenario " <<<"$SCENARIOS")
    run "${parts[@]:1}"
done
[ "$failed" = no ] || die "a reply was wrong or missing, or a run ended too soon: see above"
