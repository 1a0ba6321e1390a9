#!/bin/sh
# The command line tools of libmemcached. Arguments: HOST PORT text|binary.
set -u

port=$2 name="libmemcached tools $3" count=0
servers="--servers=$1:$2"
case $3 in
    binary) protocol=--binary ;;
    *) protocol='' ;;
esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# same WHAT GOT EXPECTED
same() {
    count=$((count + 1))
    if [ "$2" != "$3" ]; then
        echo "$name: $1: got '$2', expected '$3'" >&2
        exit 1
    fi
}

# tool WHAT EXIT_CODE COMMAND...: its output is in $out afterwards
tool() {
    what=$1 expected=$2
    shift 2
    out=$("$@" "$servers" ${protocol:+"$protocol"} 2>/dev/null)
    same "exit code of $what" $? "$expected"
}

small=small-$$ large=large-$$
printf 'hello\n' >"$small"
head -c 900000 /dev/urandom >"$large"

tool memcflush 0 memcflush
tool 'memcexist of nothing' 1 memcexist $small
tool memccp 0 memccp --set "$small" "$large"
tool 'memcexist' 0 memcexist $small
tool memccat 0 memccat $small
same 'memccat' "$out" hello
tool 'memccat of a large value' 0 memccat --file=copy $large
same 'the large value' "$(head -c 900000 copy | cksum)" "$(cksum <"$large")"
tool 'memccp --add of what is there' 1 memccp --add "$small"
printf 'changed\n' >"$small"
tool 'memccp --replace' 0 memccp --replace "$small"
tool 'memccat after it' 0 memccat $small
same 'memccat after it' "$out" changed
tool memctouch 0 memctouch --expire=1000 $small
tool 'memctouch of nothing' 1 memctouch --expire=1000 nothing-$$
tool memcrm 0 memcrm $small
tool 'memcrm of nothing' 1 memcrm $small
tool memcstat 0 memcstat
same 'memcstat' "$(printf '%s\n' "$out" | grep -c 'curr_items')" 1
same 'its port' "$(printf '%s\n' "$out" | sed -n 's/^Server: .*(\([0-9]*\))$/\1/p')" "$port"
protocol=''
tool memcping 0 memcping
echo "$name: $count checks"
