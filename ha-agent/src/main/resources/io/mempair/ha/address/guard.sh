# The guard: holds the virtual address for a node and drops it when the node dies or falls silent.
# Read by `bash -s -- ADDRESS PREFIX INTERFACE` from the node's pipe; what follows on the pipe are commands, one a line:
#   claim MS    put the address on the interface, announce it, hold it for MS milliseconds unless told again
#   renew MS    hold it for MS milliseconds from now
#   announce    tell the network where the address is
#   release     take it off the interface
#   quit        the same, then end
# Answers, one a line: ready, claimed, failed TEXT, released, dropped.
# The end of the pipe drops the address too; and should the guard itself be killed or stopped, the kernel does,
# because the address is added with a lifetime and renewed.
main() {
    # else "read -t" counts by the wall clock: a step forward would drop a good address, one back silence the fence
    set -o posix
    trap '' HUP INT TERM PIPE
    { echo -1000 > /proc/self/oom_score_adj; } 2> /dev/null
    address=$1 prefix=$2 dev=$3
    cidr=$address/$prefix
    flags=()
    [[ $address == *:* ]] && flags=(nodad)
    lifetime_s=1 renew_us=300000
    held='' wait_s='' renewed_us=0 announce_at=() begun=''
    drop
    echo ready
    while true; do
        if [[ -n $held ]]; then
            IFS= read -r -t "$wait_s" line
        else
            IFS= read -r line
        fi
        status=$?
        # a time-out may come in the middle of a line: what was read of it already is its beginning
        line=$begun$line begun=''
        if (( status > 128 )); then
            begun=$line
            drop
            echo dropped
            continue
        fi
        (( status == 0 )) || break
        command=${line%% *} millis=${line#* }
        case $command in
            claim) claim "$millis" ;;
            renew) [[ -n $held ]] && renew "$millis" ;;
            announce) [[ -n $held ]] && announce ;;
            release) drop; echo released ;;
            quit) break ;;
        esac
    done
    drop
}

claim() {
    local error
    if error=$(add 2>&1); then
        held=1
        hold "$1"
        renewed_us=${EPOCHREALTIME/[.,]/}
        announce_at=($((SECONDS + 1)) $((SECONDS + 5)))
        echo claimed
        announce
    else
        echo "failed ${error//$'\n'/ }"
    fi
}

# Wall time only spaces the renewals: a jump of it makes one come early.
renew() {
    local now_us=${EPOCHREALTIME/[.,]/}
    hold "$1"
    if (( now_us - renewed_us >= renew_us || now_us < renewed_us )); then
        renewed_us=$now_us
        add > /dev/null 2>&1
    fi
    if (( ${#announce_at[@]} > 0 && SECONDS >= announce_at[0] )); then
        announce_at=("${announce_at[@]:1}")
        announce
    fi
}

add() {
    ip addr replace "$cidr" dev "$dev" valid_lft $lifetime_s preferred_lft $lifetime_s "${flags[@]}" < /dev/null
}

hold() {
    printf -v wait_s '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

# One packet each, so that nothing is left to send when the address goes. arping waits a second for an answer.
announce() {
    if [[ $address == *:* ]]; then
        ndsend "$address" "$dev" < /dev/null > /dev/null 2>&1 &
    else
        arping -q -U -c 1 -w 1 -I "$dev" "$address" < /dev/null > /dev/null 2>&1 &
    fi
}

# The address first; then whatever an earlier run left with another prefix, and announcements under way.
drop() {
    local was_held=$held
    held='' announce_at=()
    if ! ip addr del "$cidr" dev "$dev" < /dev/null > /dev/null 2>&1 || [[ -z $was_held ]]; then
        drop_leftovers
    fi
    local running
    running=$(jobs -pr)
    [[ -n $running ]] && kill -KILL $running 2> /dev/null
    return 0
}

drop_leftovers() {
    local found
    while read -r _ _ _ found _; do
        [[ ${found%%/*} == "$address" ]] && ip addr del "$found" dev "$dev" < /dev/null > /dev/null 2>&1
    done < <(ip -o addr show dev "$dev" to "$address" 2> /dev/null < /dev/null)
}

main "$@"; exit
