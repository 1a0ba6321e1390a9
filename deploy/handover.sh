#!/usr/bin/env bash
# Switchovers back and forth of a pair in the lab that hands its clients' connections over, under load that knows every answer
# beforehand. The exit code is 0 only if no answer was wrong or lost, each incr was counted once, and no connection was closed,
# reset, refused or hung. What the hand-overs took is printed beside their bounds.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

usage() {
    cat <<'END'
usage: handover.sh [--switchovers N | --faults N] [--clients N] [--rate N] [--transport T] [--loops N] [--ipv6] [--firewall]
                   [--seed N]

  --switchovers N  back and forth (default: 10)
  --faults N       instead, at N random moments of a hand-over, kill, stop or cut off a node: then no answer may be wrong, no incr
                   counted twice, and one node serves again; connections may be lost
  --clients N      connections that stay (default: 500); 20 new ones a second come, ask and go
  --rate N         requests a second, in an open loop (default: 5000)
  --transport T    of the nodes: auto, epoll or io_uring (default: auto)
  --loops N        event loops of each node (default: 1)
  --ipv6           the clients come by IPv6
  --firewall       both hosts have a stateful firewall that is lenient with moved connections
  --seed N         of what the clients ask (default: 1)

A third of the clients each speak text, meta and binary. Half of the requests come in bursts, one in twenty in two parts; 2 % of the
clients read slowly, values have up to 100 KB.

JAVA_HOME    the JDK of the nodes (default: as deploy/bin/mempair chooses)
MEMPAIR_LAB  name of the lab (default: handover)
HANDOVER_KEEP=yes  leaves the logs and says where
END
}

case ${1:-} in -h | --help) usage && exit 0 ;; esac
# the end-to-end tests start this script when all is built
if [ -z "${MEMPAIR_IN_NAMESPACE:-}" ] && [ -z "${HANDOVER_IS_BUILT:-}" ]; then
    install_packages
    require_build_tools
    build_mempair
fi
enter_user_namespace "$here/handover.sh" "$@"

lab_of_script handover "${HANDOVER_KEEP:-}"
"$here/lab/lab.sh" up >&2
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$here/lab/lab.sh" exec c "$java" -Xms256m -Xmx768m -XX:+UseSerialGC -cp "$here/target/test-classes:$here/target/lib/*" \
    io.mempair.deploy.handover.HandoverProgram --deploy "$here" --folder "$MEMPAIR_LAB_DIR" "$@" &
wait $!
