#!/bin/bash
# Stores keys through twemproxy: store.sh DISTRIBUTION,HASH[,TAG] COUNT LISTEN HOST:PORT[:WEIGHT]...
set -euo pipefail
IFS=, read -r distribution hash tag <<<"$1"
count=$2 listen=$3
shift 3
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
{
    printf 'pool:\n  listen: %s\n  hash: %s\n  distribution: %s\n  auto_eject_hosts: false\n  timeout: 5000\n' \
        "$listen" "$hash" "$distribution"
    [ -z "${tag:-}" ] || printf '  hash_tag: "%s"\n' "$tag"
    printf '  servers:\n'
    for server in "$@"; do
        case $server in
            *:*:*) printf '    - %s\n' "$server" ;;
            *) printf '    - %s:1\n' "$server" ;;
        esac
    done
} >"$folder/conf.yml"
nutcracker -c "$folder/conf.yml" -a 127.0.0.1 -s "$((${listen##*:} + 1))" -o "$folder/log" &
pid=$!
for _ in $(seq 300); do
    if (exec 3<>"/dev/tcp/${listen%:*}/${listen##*:}") 2>/dev/null; then break; fi
    sleep 0.1
done
exec 3<>"/dev/tcp/${listen%:*}/${listen##*:}"
for ((i = 0; i < count; i++)); do
    if ((i % 20)); then key=key-$i; else key=schlüssel-$i; fi
    [ -z "${tag:-}" ] || key=$key-${tag:0:1}$((i % 7))${tag:1:1}
    printf 'set %s 0 0 1\r\nv\r\n' "$key" >&3
    read -r -t 10 answer <&3
    [ "${answer%$'\r'}" = STORED ] || { echo "$key: $answer" >&2; exit 1; }
done
