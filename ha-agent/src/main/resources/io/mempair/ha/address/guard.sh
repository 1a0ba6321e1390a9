# shellcheck shell=bash
# The guard: holds the virtual addresses for a node and drops them when the node dies or falls silent.
# Read by `bash -s -- keep|drop INTERFACE ADDRESS/PREFIX...` from the node's pipe. At the start it drops what an earlier run
# left, or keeps it, because the node holds it and the guard before this one is gone. What follows on the pipe are
# commands, one a line:
#   claim MS [unhurried]  put all addresses on the interface, announce them, hold them until MS unless told again;
#                         unhurried: only if no other host answers for one of them, which takes 0.2 s to know
#   renew MS              hold them until MS
#   connections L>R...    the node's connections to servers: its end and the server's, addresses with ports
#   lease MS              cut those connections at MS, or at the end of the pipe before; 0: now, unless a release came first
#   announce              tell the network where they are, and see whether somebody else says the same
#   release               take them off the interface
#   hold MS               until MS, or the next claim: keep what comes for them once they are released, and pass it on
#   ping N                answer pong N, if `ip` answers too
#   renumbered            the interface is another one of that name
#   quit                  release, then end
# MS are milliseconds since the host started (/proc/uptime): a line that comes late holds nothing longer.
# Answers, one a line: ready, claimed, failed TEXT, late (no other host answers, but by now it is MS, and a later one may lie
# unread), released, dropped, pong N; at any time: conflict ADDRESS MAC,
# foreign ADDRESS/PREFIX (on the interface, and not put there by a guard), unpromoted (see keep_secondaries).
# The end of the pipe drops the addresses too; and should the guard itself be killed or stopped, the kernel does,
# because they are added with a lifetime and renewed.
main() {
    # else "read -t" counts by the wall clock: a step forward would drop a good address, one back silence the fence
    set -o posix
    trap '' HUP INT TERM PIPE
    # where permitted: before everything else that wants a processor, and the last that a lack of memory ends
    { chrt -f -p 1 $$ || renice -n -10 $$; } > /dev/null 2>&1
    { echo -1000 > /proc/self/oom_score_adj; } 2> /dev/null
    local start=$1
    dev=$2
    shift 2
    cidrs=("$@")
    # Seconds are the smallest lifetime there is; the later it is renewed, the sooner it ends when nobody does any more.
    lifetime_s=1 renew_ms=700
    cut_at_ms='' connections=()
    held='' begun='' ip_pid='' said=() found=() link_index='' link_mac='' unpromoted='' by_kernel='' search='' search_note=''
    [[ ${cidrs[*]} != *:* ]] || command -v perl ndsend > /dev/null || by_kernel=1
    # by which the unit of systemd knows what to drop should this guard be killed too
    [[ -z ${RUNTIME_DIRECTORY:-} ]] || echo "$dev ${cidrs[*]}" 2> /dev/null > "${RUNTIME_DIRECTORY%%:*}/addresses"
    [[ -z $by_kernel ]] || search_as_before_another_guard
    changed=() hold_note='' hold_ends_ms=''
    settings_as_before_another_guard
    [[ $start == keep ]] || drop
    echo ready
    while await_line; do
        read -r command millis how <<< "$line"
        case $command in
            '') ;;
            claim) claim "$millis" "$how" ;;
            renew) [[ -n $held ]] && hold_until_ms=$millis ;;
            announce) [[ -n $held ]] && { announce; look_for_others; } ;;
            lease) if (( millis > 0 )); then cut_at_ms=$millis; else cut; fi ;;
            connections) read -r -a connections <<< "$millis $how" ;;
            release) cut_at_ms=''; drop; echo released ;;
            hold) hold "$millis" ;;
            ping) ask '' && echo "pong $millis" ;;
            renumbered) end_ip; ask ''; [[ -z $by_kernel ]] || name_search_note ;;
            quit) cut_at_ms=''; break ;;
        esac
    done
    cut
    drop
    put_settings_back
    [[ ! -e $search_note ]] || rm -f "$search_note"
}

# The next line, empty when there is other work to do first; fails at the end of the pipe.
await_line() {
    local wait_s
    local status
    local until_ms=''
    [[ -z $held ]] || until_ms=$((hold_until_ms < renew_at_ms ? hold_until_ms : renew_at_ms))
    [[ -z $cut_at_ms ]] || (( cut_at_ms >= ${until_ms:-$((cut_at_ms + 1))} )) || until_ms=$cut_at_ms
    [[ -z $hold_ends_ms ]] || (( hold_ends_ms >= ${until_ms:-$((hold_ends_ms + 1))} )) || until_ms=$hold_ends_ms
    if [[ -n $until_ms ]]; then
        local wait_ms=$((until_ms - now_ms))
        (( wait_ms > 0 )) || wait_ms=1
        printf -v wait_s '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000))
        IFS= read -r -t "$wait_s" line
    else
        IFS= read -r line
    fi
    status=$?
    tell_time
    # a time-out may come in the middle of a line: what was read of it already is its beginning
    line=$begun$line begun=''
    if (( status > 128 )); then
        begun=$line line=''
        status=0
    fi
    (( now_ms < ${cut_at_ms:-now_ms + 1} )) || cut
    (( now_ms < ${hold_ends_ms:-now_ms + 1} )) || put_settings_back
    [[ -n $held ]] && keep
    return $status
}

# What time brings while the addresses are held.
keep() {
    if (( now_ms >= hold_until_ms )); then
        drop
        echo dropped
        return
    fi
    if (( now_ms >= renew_at_ms )); then
        renew_at_ms=$((now_ms + renew_ms))
        local cidr
        for cidr in "${cidrs[@]}"; do
            add "$cidr"
        done
        [[ -z $search ]] || search_again
    fi
    if (( now_ms >= announce_at_ms[0] )); then
        if (( ${#announce_at_ms[@]} > 1 )); then
            announce
            announce_at_ms=("${announce_at_ms[@]:1}")
        else
            announce routinely
            announce_at_ms=($((now_ms + 30000)))
            look_for_others
        fi
    fi
}

# A node that is paused may have requests that it has begun to send, and one that has died leaves some with the kernel. They
# would reach a server after those of the node that takes over, and undo them. Beside everything else, and no job of
# this shell, because `drop` ends those.
cut() {
    local connection filter=()
    [[ -n $cut_at_ms ]] || return 0
    cut_at_ms=''
    for connection in "${connections[@]}"; do
        filter+=(or '(' src "${connection%>*}" and dst "${connection#*>}" ')')
    done
    (( ${#filter[@]} == 0 )) || (ss -K -H -t -n "${filter[@]:1}" < /dev/null > /dev/null 2>&1 &)
}

# All of them or none.
claim() {
    local cidr others
    hold_until_ms=$1
    put_settings_back
    for cidr in "${cidrs[@]}"; do
        find_here "${cidr%/*}"
        if [[ ${found[*]} == *forever* ]]; then
            drop
            echo "failed ${cidr%/*} is on $dev already, and not put there by mempair: another program has it, or it is" \
                "an address of this host"
            return
        fi
    done
    keep_secondaries
    if [[ $2 == unhurried ]]; then
        find_link
        others=$(foreign_holders)
        if [[ -n $others ]]; then
            drop
            echo "failed another host holds ${others//$'\n'/, }: find it by its MAC and take the address from it; if it" \
                "is a router or switch that answers for others, set virtual-address.conflict: warn"
            return
        fi
    fi
    tell_time
    if (( now_ms >= hold_until_ms )); then
        drop
        if [[ $2 == unhurried ]]; then
            echo late
        else
            echo "failed the lease was over before the address could be claimed"
        fi
        return
    fi
    for cidr in "${cidrs[@]}"; do
        if ! add "$cidr"; then
            local why="${said[*]}"
            drop
            echo "failed $cidr: $why"
            return
        fi
    done
    await_local
    held=1
    renew_at_ms=$((now_ms + renew_ms))
    announce_at_ms=($((now_ms + 1000)) $((now_ms + 5000)) $((now_ms + 30000)))
    [[ -z $by_kernel ]] || advertise_by_kernel
    echo claimed
    announce claimed
    [[ $2 == unhurried ]] || look_for_others
}

# A thread of the kernel puts an address of IPv6 to use, mostly within a millisecond. Until then the kernel drops what comes for it, and
# a peer that has held packets would send them all at the first announcement.
await_local() {
    local cidr tries
    for cidr in "${cidrs[@]}"; do
        [[ $cidr == *:* ]] || continue
        for (( tries = 50; tries > 0; tries-- )); do
            ask "route get ${cidr%/*}"
            [[ ${said[*]} != local\ * ]] || break
            read -r -t 0.002 -u "$ip_out"
        done
    done
}

# Of IPv6 neither a second's search for duplicates, nor an address that this host would speak from. An `ip` that cannot do
# it may know the interface by the number of one that is gone.
add() {
    local more="preferred_lft $lifetime_s"
    [[ $1 == *:* ]] && more='preferred_lft 0 nodad'
    ask "addr replace $1 dev $dev valid_lft $lifetime_s $more" && (( ${#said[@]} == 0 )) && return
    end_ip
    keep_secondaries
    ask "addr replace $1 dev $dev valid_lft $lifetime_s $more" && (( ${#said[@]} == 0 ))
}

# The kernel takes the other addresses of a subnet away together with the first one there, which is a virtual address where
# this host got its own one later; unless it is told to make the next one the first. It has to be told beforehand,
# because it may be the kernel that ends the address.
keep_secondaries() {
    local knob=/proc/sys/net/ipv4/conf/$dev/promote_secondaries one='' all=''
    [[ ${cidrs[*]} == *.* && -e $knob ]] || return 0
    { read -r one < "$knob"; read -r all < "${knob/"/$dev/"/"/all/"}"; } 2> /dev/null
    [[ $one == 1 || $all == 1 ]] && return 0
    { echo 1 > "$knob"; read -r one < "$knob"; } 2> /dev/null
    [[ $one == 1 ]] && return 0
    [[ -z $unpromoted ]] && echo unpromoted
    unpromoted=1
}

# What a guard put on the interface, with whatever prefix: its lifetime tells. Then announcements under way.
drop() {
    local cidr entry pid
    held=''
    for cidr in "${cidrs[@]}"; do
        find_here "${cidr%/*}"
        for entry in "${found[@]}"; do
            if [[ $entry == *forever ]]; then
                echo "foreign ${entry% *}"
            else
                # whose hardware address this host may remember, from before it had the address itself
                [[ -z $hold_ends_ms ]] || ask "neigh flush to ${cidr%/*} dev $dev"
                ask "addr del ${entry% *} dev $dev"
            fi
        done
    done
    [[ -z $search ]] || search_again
    for pid in $(jobs -pr); do
        [[ $pid == "$ip_pid" ]] || kill -KILL "$pid" 2> /dev/null
    done
    return 0
}

# What the interface has of an address is in `found`, `ADDRESS/PREFIX` with `forever` behind it if it was meant to last. An
# `ip` that does not find the interface may know it by the number of one that is gone.
find_here() {
    local entry
    found=()
    ask "addr show dev $dev to $1"
    if (( ${#said[@]} > 0 )) && [[ ! ${said[0]} =~ ^[0-9]+: ]]; then
        end_ip
        ask "addr show dev $dev to $1"
    fi
    for entry in "${said[@]}"; do
        [[ $entry =~ inet6?\ ([^ ]+/[0-9]+)\ .*valid_lft\ (forever|[0-9]+) ]] || continue
        if [[ ${BASH_REMATCH[2]} == forever ]] || (( BASH_REMATCH[2] > 2 * lifetime_s )); then
            found+=("${BASH_REMATCH[1]} forever")
        else
            found+=("${BASH_REMATCH[1]} ")
        fi
    done
}

# Once the addresses are off, the kernel takes packets for them for those of a neighbour that it does not know: it keeps them, asks
# who that is, and passes them on in order when the next holder announces itself. It forwards no packet for which it finds a
# socket early, and the sockets of moved connections are still here.
hold() {
    local one name value now wanted=()
    [[ ${cidrs[*]} != *.* ]] || wanted+=(ipv4/conf/all/send_redirects=0 "ipv4/conf/$dev/send_redirects=0" \
        "ipv4/neigh/$dev/unres_qlen_bytes=33554432" "ipv4/conf/$dev/forwarding=1")
    # Not the forwarding of IPv6 that older kernels have: it is one setting for all interfaces, and ends the default routes that
    # routers advertise.
    [[ ${cidrs[*]} != *:* ]] || ! forwards_ipv6 || wanted+=("ipv6/neigh/$dev/unres_qlen_bytes=33554432" \
        "ipv6/conf/$dev/force_forwarding=1")
    (( ${#wanted[@]} > 0 )) || return 0
    if [[ -z $hold_ends_ms ]]; then
        for one in ipv4/tcp_early_demux=0 "${wanted[@]}"; do # of IPv6, too
            name=/proc/sys/net/${one%=*} value=${one##*=} now=''
            { read -r now < "$name"; } 2> /dev/null
            [[ ! $now =~ ^[0-9]+$ || $now == "$value" ]] || changed+=("$name $now $value")
        done
        write_hold_note
        for one in "${changed[@]}"; do
            read -r name now value <<< "$one"
            { echo "$value" > "$name"; } 2> /dev/null
        done
    fi
    hold_ends_ms=$1
}

# Whether it can, or does already.
forwards_ipv6() {
    local all=''
    { read -r all < /proc/sys/net/ipv6/conf/all/forwarding; } 2> /dev/null
    [[ $all == 1 || -e /proc/sys/net/ipv6/conf/$dev/force_forwarding ]]
}

# As they were, except one that somebody else has changed meanwhile.
put_settings_back() {
    local one name before value now
    hold_ends_ms=''
    for one in "${changed[@]}"; do
        read -r name before value <<< "$one"
        now=''
        { read -r now < "$name"; } 2> /dev/null
        [[ $now != "$value" ]] || { echo "$before" > "$name"; } 2> /dev/null
    done
    changed=()
    [[ -z $hold_note ]] || rm -f "$hold_note"
    hold_note=''
}

# A guard that is killed meanwhile leaves them changed; so it writes down what they were, for the next one.
write_hold_note() {
    local folder
    (( ${#changed[@]} > 0 )) || return 0
    for folder in "${RUNTIME_DIRECTORY%%:*}" /run; do
        if [[ -n $folder && -w $folder ]]; then
            hold_note=$folder/mempair-hold-$dev-$(hardware_address)
            printf '%s\n' "${changed[@]}" 2> /dev/null > "$hold_note"
            return
        fi
    done
}

settings_as_before_another_guard() {
    local folder note one
    for folder in "${RUNTIME_DIRECTORY%%:*}" /run; do
        # no program is started where there is none, as nearly always
        compgen -G "$folder/mempair-hold-$dev-*" > /dev/null || continue
        note=$folder/mempair-hold-$dev-$(hardware_address)
        [[ -n $folder && -s $note ]] || continue
        while read -r one; do
            [[ $one =~ ^/proc/sys/net/ipv[46]/[^[:space:]]+\ [0-9]+\ [0-9]+$ && $one != */../* ]] && changed+=("$one")
        done < "$note"
        hold_note=$note
        put_settings_back
    done
}

hardware_address() {
    local link
    link=$(ip -o link show dev "$dev" 2> /dev/null < /dev/null)
    [[ $link =~ link/ether\ ([0-9a-f:]{17}) ]] && echo "${BASH_REMATCH[1]//:/}"
}

# Time that no clock's jump changes; milliseconds since the host started.
tell_time() {
    local up
    read -r up _ < /proc/uptime
    now_ms=$((10#${up/./} * 10))
}

# One `ip` does it all: a line takes it 0.03 ms, where a process of its own takes 2 to 16, and far more on a busy host.
# What it has to say to the line is in `said`; the word that is none of its own makes it say that this was all. One that
# does not answer is replaced, and asked once more.
ask() {
    ask_once "$1" || ask_once "$1"
}

ask_once() {
    local answer
    [[ -n $ip_pid ]] || start_ip
    said=()
    if printf '%s\nend\n' "$1" 2> /dev/null 1>&"$ip_in"; then
        while IFS= read -r -t 0.5 -u "$ip_out" answer; do
            [[ $answer == 'Object "end" is unknown'* ]] && return 0
            [[ $answer == 'Command failed'* ]] || said+=("$answer")
        done
    fi
    said=("ip does not answer")
    end_ip
    return 1
}

# The next question starts another.
end_ip() {
    [[ -n $ip_pid ]] || return 0
    kill -KILL "$ip_pid" 2> /dev/null
    wait "$ip_pid" 2> /dev/null
    exec {ip_in}>&- {ip_out}<&-
    ip_pid=''
}

start_ip() {
    coproc IP { exec ip -o -force -batch - 2>&1; }
    # shellcheck disable=SC2153 # coproc sets it
    ip_pid=$IP_PID
    exec {ip_in}>&"${IP[1]}" {ip_out}<&"${IP[0]}"
}

# One packet each, so that nothing is left to send when the address goes. arping waits a second for an answer. `claimed`: the
# kernel did its part before that was said. `routinely`: no address goes off the interface for it, not even for a moment.
announce() {
    local cidr ipv6=()
    for cidr in "${cidrs[@]}"; do
        if [[ $cidr == *:* ]]; then
            ipv6+=("${cidr%/*}")
        else
            arping -q -U -c 1 -w 1 -I "$dev" "${cidr%/*}" < /dev/null > /dev/null 2>&1 &
        fi
    done
    (( ${#ipv6[@]} == 0 )) && return
    if [[ -n $by_kernel ]]; then
        [[ -n $1 ]] || advertise_by_kernel
        return
    fi
    find_link
    neighbours advertise "${ipv6[@]}" > /dev/null
}

# Where no program sends advertisements the kernel does. It advertises an address that it would search duplicates for, and at
# once where that search is off: so the search is off while the addresses are put on the interface anew. A thread of the
# kernel does the rest, mostly within a millisecond; it needs the pauses, because this process may be before it.
advertise_by_kernel() {
    local cidr tries=50 knobs=/proc/sys/net/ipv6/conf/$dev
    [[ -n $search ]] || { read -r search < "$knobs/accept_dad"; } 2> /dev/null
    [[ -z $search_note ]] || echo "$search" 2> /dev/null > "$search_note"
    if ! { echo 1 > "$knobs/ndisc_notify" && echo 0 > "$knobs/accept_dad"; } 2> /dev/null; then
        search=''
        return
    fi
    for cidr in "${cidrs[@]}"; do
        [[ $cidr == *:* ]] || continue
        ask "addr del $cidr dev $dev"
        ask "addr replace $cidr dev $dev valid_lft $lifetime_s preferred_lft 0"
    done
    until search_again || (( tries-- == 0 )); do
        read -r -t 0.002 -u "$ip_out"
    done
}

# Lets the kernel search for duplicates of other addresses as before, if it has begun with the virtual ones; fails if not.
search_again() {
    local cidr
    for cidr in "${cidrs[@]}"; do
        [[ $cidr == *:* ]] || continue
        ask "addr show dev $dev to ${cidr%/*} tentative"
        [[ ${said[*]} != *tentative* ]] || return 1
    done
    put_search_back
}

put_search_back() {
    { echo "$search" > "/proc/sys/net/ipv6/conf/$dev/accept_dad"; } 2> /dev/null
    search=''
    [[ ! -e $search_note ]] || : 2> /dev/null > "$search_note"
}

# A guard that is killed in the middle leaves the search off; so it writes down what the setting was, for the next one.
search_as_before_another_guard() {
    name_search_note
    [[ -s $search_note ]] && read -r search < "$search_note" || return 0
    if [[ $search =~ ^[0-2]$ ]]; then
        put_search_back
    fi
    search=''
}

# By the hardware address: another interface may have the name in another network namespace, or later.
name_search_note() {
    local folder
    find_link
    search_note=''
    for folder in "${RUNTIME_DIRECTORY%%:*}" /run; do
        if [[ -n $link_mac && -n $folder && -w $folder ]]; then
            search_note=$folder/mempair-accept-dad-$dev-${link_mac//:/}
            return
        fi
    done
}

# By an `ip` of its own: one that showed a link shows no addresses any more.
find_link() {
    local link=''
    link_index='' link_mac=''
    [[ ${cidrs[*]} == *:* ]] && link=$(ip -o link show dev "$dev" 2> /dev/null < /dev/null)
    [[ $link =~ ^([0-9]+):.*link/ether\ ([0-9a-f:]{17}) ]] || return
    link_index=${BASH_REMATCH[1]} link_mac=${BASH_REMATCH[2]}
}

# Beside everything else, because an address that clients wait for does not wait for this.
look_for_others() {
    foreign_holders | while read -r holder; do echo "conflict $holder"; done &
}

# A line for each address that another host answers for within 0.15 s: the address, and the host's MAC. A second
# interface of this host in the same network answers too.
foreign_holders() {
    local holder own=''
    ask_neighbours | while read -r holder; do
        [[ -n $own ]] || own=$(ip -o link show 2> /dev/null < /dev/null)
        holder=${holder,,}
        [[ $own == *"link/ether ${holder##* } "* ]] || echo "$holder"
    done
}

ask_neighbours() {
    local cidr ipv6=()
    for cidr in "${cidrs[@]}"; do
        if [[ $cidr == *:* ]]; then
            ipv6+=("${cidr%/*}")
        else
            foreign_holder "${cidr%/*}" &
        fi
    done
    for cidr in "${ipv6[@]}"; do
        [[ -z $by_kernel ]] || resolve "$cidr" &
    done
    (( ${#ipv6[@]} == 0 )) || [[ -n $by_kernel ]] || neighbours ask "${ipv6[@]}"
    wait
}

# As the kernel does it for a packet. It does not tell who else has an address that this host has too.
resolve() {
    local entry
    [[ -z $held ]] || return
    ip neigh del "$1" dev "$dev"
    ip neigh replace "$1" dev "$dev" use
    sleep 0.15
    entry=$(ip -o neigh show "$1" dev "$dev")
    [[ $entry =~ lladdr\ ([0-9a-f:]{17}) ]] && echo "$1 ${BASH_REMATCH[1]}"
} < /dev/null 2> /dev/null

foreign_holder() {
    local answer
    answer=$(timeout -s KILL 0.15 arping -D -c 1 -I "$dev" "$1" < /dev/null 2> /dev/null)
    [[ $answer =~ reply.*\[([0-9A-Fa-f:]{17})\] ]] && echo "$1 ${BASH_REMATCH[1]}"
}

# In the background. The kernel advertises no IPv6 address that skipped the search for duplicates, see advertise_by_kernel.
neighbours() {
    local address
    [[ -n $link_mac ]] || return 0
    if command -v perl > /dev/null; then
        perl -e "$neighbour_discovery" "$1" "$link_index" "$link_mac" "${@:2}" < /dev/null 2> /dev/null &
    elif [[ $1 == advertise ]]; then
        for address in "${@:2}"; do
            ndsend "$address" "$dev" < /dev/null > /dev/null 2>&1 &
        done
    fi
}

# advertise: to all nodes, that the addresses are here (RFC 4861, 7.2.6). ask: who has them, as when resolving (7.2.2).
read -r -d '' neighbour_discovery << 'PERL'
use Socket qw(:DEFAULT inet_pton inet_ntop AF_INET6 pack_sockaddr_in6);
my ($what, $index, $mac, @addresses) = @ARGV;
my $hardware = pack 'H12', $mac =~ tr/://dr;
socket(my $icmp, AF_INET6, SOCK_RAW, 58) or die $!;
setsockopt $icmp, 41, 17, pack 'i', $index;   # IPV6_MULTICAST_IF
setsockopt $icmp, 41, 18, pack 'i', 255;      # IPV6_MULTICAST_HOPS
for (@addresses) {
    my $ip = inet_pton(AF_INET6, $_);
    my $advertise = $what eq 'advertise';
    my $to = $advertise ? inet_pton(AF_INET6, 'ff02::1') : inet_pton(AF_INET6, 'ff02::1:ff00:0') | "\0" x 13 . substr $ip, 13;
    my $head = $advertise ? pack('CCnN', 136, 0, 0, 0x20000000) : pack('CCnN', 135, 0, 0, 0);
    send $icmp, $head . $ip . pack('CC', $advertise ? 2 : 1, 1) . $hardware, 0, pack_sockaddr_in6(0, $to, $index);
}
my $left = $what eq 'ask' ? 0.15 : 0;
while ($left > 0) {
    vec(my $readable = '', fileno $icmp, 1) = 1;
    (my $found, $left) = select $readable, undef, undef, $left;
    next unless $found > 0 and recv $icmp, my $packet, 1500, 0;
    my ($type, $ip, $option, $from) = unpack 'C x7 a16 C x H12', $packet;
    next unless $type == 136 and $option == 2 and $from ne unpack 'H12', $hardware;
    my ($address) = grep { inet_pton(AF_INET6, $_) eq $ip } @addresses or next;
    print "$address ", join(':', $from =~ /../g), "\n";
}
PERL

main "$@"; exit
