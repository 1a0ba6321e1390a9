#!/usr/bin/env bash
# abuse.sh [NAME=VALUE...]: clients that misbehave beside ten that do not. Starts a memcached and a proxy for each configuration, and for
# each kind and number of abusers lets ten clients (text, meta, binary, multi-get, no-op, TLS) store values and check every byte they read back,
# first alone, then beside the abusers. One line for each: errors of the ten, the 99th percentile of their waits before and during, the longest,
# the most memory of the proxy so far, the clients it closed for what they held. The exit code is 0 only if the ten had no error, the
# percentile stayed within three times or 20 ms, the memory within 900 MB, and the proxy alive.
#   seconds=5          of each of the two phases
#   kinds=all          of unread-values, unread-tls, stalled-uploads, half-pipelines, small-sets, unread-stats, connection-storm,
#                      handshake-storm, half-closed
#   numbers=4,40,400   abusers at a time
#   transports=io_uring,epoll,nio  loops=1,4  forms=flags,file    of the proxy; TLS only by file
#   at=HOST:PORT       abuses a proxy or pair that runs already instead; then nothing is known of its memory
#   time=no            says the waits, but does not judge them
# Everything takes half an hour and more. ABUSE_KEEP=yes leaves the logs and says where.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

for word in "$@"; do
    [[ $word =~ ^[a-z]+=[-a-z0-9_.,:]+$ ]] || die "'$word' (expected: abuse.sh [NAME=VALUE...], as in numbers=4,40)"
done
# the end-to-end tests start this script when all is built
if [ -z "${ABUSE_IS_BUILT:-}" ]; then
    install_packages
    require_build_tools
    build_mempair
fi

work=$(mktemp -d)
finish() {
    local status=$?
    trap - EXIT
    if [ "${ABUSE_KEEP:-}" = yes ]; then
        echo "logs: $work" >&2
    else
        rm -rf "$work"
    fi
    exit "$status"
}
trap finish EXIT

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$java" -Xmx1g -XX:+UseSerialGC -cp "$here/target/test-classes:$here/target/lib/*" \
    io.mempair.deploy.abuse.AbuseProof "$here" "$work" "$@"
