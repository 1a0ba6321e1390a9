#!/usr/bin/env bash
# The lab: the hosts of a pair as network namespaces on one machine, joined by a bridge.
# Nothing in the machine's own network is touched. Works as root, also in "unshare --map-root-user".
set -Eeuo pipefail

usage() {
    cat <<'EOF'
usage: lab.sh up|down|status          make the hosts, remove them with all that runs in them, list them
       lab.sh exec HOST COMMAND...     run a command on a host
       lab.sh config a|b|w             a member's file, ready to use
       lab.sh pid a|b                  process id of the node's JVM
       lab.sh watch                    who gets and who loses an address, as it happens, all hosts in one order
       lab.sh fault NAME               link-a carrier-a flap-a cut-a deaf-a mute-a, the same for every other host;
                                       split splitdeaf-a splitmute-a stop-a stopguard-a freeze-a kill-a killguard-a killall-a
                                       killguardfirst-a killguardlast-a, the same for b; m1 m2 memcached-HOST (kills the memcached there)
       lab.sh heal                     undoes links, cuts and stops

hosts: a 10.77.0.11, b .12, w .13 (witness), c .14 (client), m1 .21, m2 .22; virtual address 10.77.0.100/24
  link-X     the interface goes down                    split        a and b hear nothing of each other
  carrier-X  the other end of the wire goes down        splitdeaf-X  X hears nothing of the other node
  flap-X     carrier lost and back, 5 times in 4 s      splitmute-X  the other node hears nothing of X
  cut-X      silent cut, carrier stays                  kill-X       kill -9 of the JVM
  deaf-X     X receives nothing                         killguard-X  kill -9 of the guard only
  mute-X     nothing X sends arrives                    killall-X    kill -9 of the JVM and the guard
  stopguard-X  SIGSTOP of the guard only              killguardfirst-X, killguardlast-X   kill -9 of the guard, then the JVM; or after it
  stop-X     SIGSTOP of the JVM                         freeze-X     SIGSTOP of everything of mempair

MEMPAIR_LAB        name of the lab, so that several live side by side (default: mempair)
MEMPAIR_LAB_DIR    where config puts control sockets (default: /tmp/NAME-lab), and up the file lab-is-up if the folder is there
MEMPAIR_SERVERS, MEMPAIR_BACKUPS, MEMPAIR_TIMEOUT, MEMPAIR_PROFILE, MEMPAIR_WARMUP   for config
MEMPAIR_WITNESS    not empty: in the nodes' files, w is their witness
EOF
}

LAB=${MEMPAIR_LAB:-mempair}
NET=10.77.0
VIP=$NET.100
HOSTS='a:11 b:12 w:13 c:14 m1:21 m2:22'
PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib/lab-faults.sh
. "$here/../lib/lab-faults.sh"

die() {
    echo "lab.sh: $*" >&2
    exit 1
}

space() {
    echo "$LAB-$1"
}

# "ip netns exec" would mount sysfs, which a user namespace may not; nsenter does without.
inside() {
    local host=$1
    shift
    nsenter --net="/run/netns/$(space "$host")" -- "$@"
}

spaces() {
    local entry
    space sw
    for entry in $HOSTS; do
        space "${entry%%:*}"
    done
}

exists() {
    [ -e "/run/netns/$1" ]
}

is_host() {
    case " $HOSTS " in *" $1:"*) return 0 ;; esac
    return 1
}

need_host() {
    is_host "$1" || die "$1 is no host (expected: a, b, w, c, m1 or m2)"
    exists "$(space "$1")" || die "lab '$LAB' is not up; start it with: lab.sh up"
}

# In a user namespace /run belongs to somebody else: a private one hides it, for this mount namespace only.
need_run() {
    if ! mkdir -p /run/netns 2>/dev/null || [ ! -w /run/netns ]; then
        mount -t tmpfs tmpfs /run || die "/run is not writable (expected: root, or unshare --user --map-root-user --net --mount)"
        mkdir -p /run/netns
    fi
}

up() {
    local entry host address name
    for name in $(spaces); do
        ! exists "$name" || die "lab '$LAB' is up already (remove it with: lab.sh down)"
    done
    need_run
    # of two that come at once only one gets the first name, and only what was made here is taken down again
    ip netns add "$(space sw)" || die "lab '$LAB' is up already (remove it with: lab.sh down)"
    trap 'trap - ERR; down; die "could not be brought up"' ERR
    [ ! -d "${MEMPAIR_LAB_DIR:-}" ] || : >"$MEMPAIR_LAB_DIR/lab-is-up"
    inside sw ip link add br0 type bridge forward_delay 0
    inside sw ip link set br0 up
    for entry in $HOSTS; do
        host=${entry%%:*} address=$NET.${entry#*:}
        ip netns add "$(space "$host")"
        # both ends are born inside their namespaces: the machine's own never holds one, not even for a moment
        inside sw ip link add name "$host" type veth peer name eth0 netns "$(space "$host")"
        inside sw ip link set dev "$host" master br0 up
        inside "$host" ip link set lo up
        inside "$host" ip link set eth0 up
        inside "$host" ip addr add "$address/24" dev eth0
    done
    trap - ERR
    echo "lab '$LAB' is up: a b w c m1 m2, virtual address $VIP"
}

down() {
    local name pids end=$((SECONDS + 5))
    for name in $(spaces); do
        exists "$name" || continue
        while pids=$(ip netns pids "$name" 2>/dev/null) && [ -n "$pids" ]; do
            # shellcheck disable=SC2086 # a list of process ids
            kill -KILL $pids 2>/dev/null || true
            [ "$SECONDS" -lt "$end" ] || { echo "lab.sh: $name: processes would not end: $pids" >&2; break; }
            sleep 0.05
        done
    done
    # before the first of them goes: with the switch the interfaces of all hosts go
    for name in $(spaces); do
        forget_notes "$name"
    done
    for name in $(spaces); do
        ip netns del "$name" 2>/dev/null || true
    done
}

# What a killed guard leaves for the next one of its host, which there is none of any more.
forget_notes() {
    local mac
    mac=$(ip -n "$1" -o link show dev eth0 2>/dev/null | sed -n 's,.*link/ether \([0-9a-f:]*\).*,\1,p' | tr -d :) || return 0
    [ -z "$mac" ] || rm -f "/run/mempair-hold-eth0-$mac" "/run/mempair-accept-dad-eth0-$mac"
}

status() {
    local entry host
    exists "$(space sw)" || { echo "lab '$LAB' is not up"; return 1; }
    for entry in $HOSTS; do
        host=${entry%%:*}
        exists "$(space "$host")" || { echo "$host missing"; continue; }
        echo "$host $(inside "$host" ip -brief addr show dev eth0 | tr -s ' ' | cut -d' ' -f2-)" \
            "$(ip netns pids "$(space "$host")" | wc -l) processes"
    done
}

config() {
    local host=$1 own peer priority
    case $host in
        a) own=11 peer=12 priority=110 ;;
        b) own=12 peer=11 priority=100 ;;
        w) witness_config; return ;;
        *) die "config: no member on '$host' (expected: a, b or w)" ;;
    esac
    cat <<EOF
node: {name: $host, priority: $priority, warmup: ${MEMPAIR_WARMUP:-true}}
group:
  bind: $NET.$own
  peers: [$NET.$peer]
  profile: ${MEMPAIR_PROFILE:-default}
${MEMPAIR_WITNESS:+  mode: witness
  witness: $NET.13
}virtual-address: {address: $VIP/24, interface: eth0}
proxy:
  servers: [${MEMPAIR_SERVERS:-$NET.21:11211, $NET.22:11211}]
  backups: [${MEMPAIR_BACKUPS:-}]
  timeout: ${MEMPAIR_TIMEOUT:-500ms}
  connect-timeout: ${MEMPAIR_TIMEOUT:-500ms}
admin:
  http: $NET.$own:9411
  control: ${MEMPAIR_LAB_DIR:-/tmp/$LAB-lab}/$host.sock
EOF
}

witness_config() {
    cat <<EOF
node: {name: w}
group:
  bind: $NET.13
  peers: [$NET.11, $NET.12]
  profile: ${MEMPAIR_PROFILE:-default}
admin:
  http: $NET.13:9411
  control: ${MEMPAIR_LAB_DIR:-/tmp/$LAB-lab}/w.sock
EOF
}

# Events of all hosts come through one socket of the switch, so their order is the kernel's. First which number is which host.
watch() {
    need_host a
    inside sw ip netns list-id
    exec nsenter --net="/run/netns/$(space sw)" -- env TZ=UTC ip -o -ts monitor all-nsid address
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
    up | down | status | heal | watch) "$command" ;;
    exec)
        [ $# -ge 2 ] || die "exec: too few words (expected: lab.sh exec HOST COMMAND...)"
        need_host "$1"
        host=$1
        shift
        # the process id of this script becomes the command's, so that a signal reaches it
        exec nsenter --net="/run/netns/$(space "$host")" -- "$@"
        ;;
    pid)
        [ $# -eq 1 ] || die "pid: expected a or b"
        need_host "$1"
        jvms "$1"
        ;;
    config | fault)
        [ $# -eq 1 ] || die "$command: expected one argument; see lab.sh help"
        "$command" "$1"
        ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
esac
