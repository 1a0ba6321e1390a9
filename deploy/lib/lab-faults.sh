# shellcheck shell=bash
# The faults of the lab and their healing: sourced by lab.sh, which has the hosts, never run.

# running HOST WORDS: processes of a host whose command line has these words.
running() {
    local pid
    for pid in $(ip netns pids "$(space "$1")"); do
        case " $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")" in *"$2"*) echo "$pid" ;; esac
    done
}

# The JVM of a node, never a short command such as "mempair status".
jvms() {
    running "$1" ' io.mempair.ha.cli.Main node '
}

# The guard is a shell that gets its script by a pipe and what to hold on its command line.
guards() {
    running "$1" ' bash -s -- '
}

memcacheds() {
    running "$1" 'memcached '
}

# signal NAME PIDS: an empty list is a mistake of whoever asked for the fault.
signal() {
    [ -n "$2" ] || die "fault: nothing of that kind runs there"
    # shellcheck disable=SC2086 # a list of process ids
    kill "-$1" $2
}

# drop CONDITION...: frames that are so are lost in the switch, without anybody being told.
drop() {
    command -v nft >/dev/null || die "fault: no nft (on Debian: apt-get install nftables)"
    inside sw nft -f - <<END
add table bridge lab
add chain bridge lab cuts { type filter hook forward priority 0; }
add rule bridge lab cuts $* drop
END
}

other_node() {
    [ "$1" = a ] && echo b || echo a
}

fault() {
    local kind=${1%-*} host=${1##*-}
    case $1 in
        m1 | m2) need_host "$1"; signal KILL "$(memcacheds "$1")"; return ;;
        memcached-*) need_host "$host"; signal KILL "$(memcacheds "$host")"; return ;;
        split) need_host a ;;
        *-a | *-b | link-* | carrier-* | flap-* | cut-* | deaf-* | mute-*) need_host "$host" ;;
        *) die "fault: '$1' is unknown; see lab.sh help" ;;
    esac
    case $kind in
        link | carrier | flap | cut | deaf | mute | split | splitdeaf | splitmute) network_fault "$kind" "$host" ;;
        stop) signal STOP "$(jvms "$host")" ;;
        freeze) signal STOP "$(guards "$host") $(jvms "$host")" ;;
        kill) signal KILL "$(jvms "$host")" ;;
        stopguard) signal STOP "$(guards "$host")" ;;
        killguard) signal KILL "$(guards "$host")" ;;
        killguardfirst)
            signal KILL "$(guards "$host")"
            signal KILL "$(jvms "$host")"
            ;;
        killguardlast) kill_guard_last "$host" ;;
        killall) signal KILL "$(guards "$host") $(jvms "$host")" ;;
        *) die "fault: '$1' is unknown; see lab.sh help" ;;
    esac
}

# Some of the guard may have ended by then, because the JVM did.
kill_guard_last() {
    local guards
    guards=$(guards "$1")
    signal KILL "$(jvms "$1")"
    # shellcheck disable=SC2086 # a list of process ids
    kill -KILL $guards 2>/dev/null || true
}

network_fault() {
    local kind=$1 host=$2
    case $kind in
        link) inside "$host" ip link set eth0 down ;;
        carrier) inside sw ip link set dev "$host" down ;;
        flap) flap "$host" ;;
        cut) inside sw bridge link set dev "$host" state 0 ;;
        deaf) drop oifname "$host" ;;
        mute) drop iifname "$host" ;;
        split) drop iifname a oifname b && drop iifname b oifname a ;;
        splitdeaf) drop iifname "$(other_node "$host")" oifname "$host" ;;
        splitmute) drop iifname "$host" oifname "$(other_node "$host")" ;;
    esac
}

flap() {
    for _ in 1 2 3 4 5; do
        inside sw ip link set dev "$1" down
        sleep 0.4
        inside sw ip link set dev "$1" up
        sleep 0.4
    done
}

# A port whose carrier is just back is refused for a moment.
forward() {
    local end=$((SECONDS + 5))
    until inside sw bridge link set dev "$1" state 3 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || die "heal: the wire of $1 cannot be mended"
        sleep 0.05
    done
}

heal() {
    local host pid
    need_host a
    # for whoever measures from here on
    echo "healing from ${EPOCHREALTIME/,/.}"
    inside sw nft delete table bridge lab 2>/dev/null || true
    for host in a b w c m1 m2; do
        need_host "$host"
        inside sw ip link set dev "$host" up
        inside "$host" ip link set eth0 up
        forward "$host"
        for pid in $(ip netns pids "$(space "$host")"); do
            kill -CONT "$pid" 2>/dev/null || true
        done
    done
}
