#!/usr/bin/env bash
# chaos.sh [SECONDS [SEED]]: a pair with a witness and two copies in the lab, under load that verifies every answer, for SECONDS
# (600). Clients misbehave, servers are killed, frozen and cut off, nodes are killed, stopped, cut off and switched over, files are
# reloaded and everything is flushed, as drawn from SEED (1). Says what it does on standard error. The exit code is 0 only if
# there was no lie, no node that ended by itself, no longer time without an answer and no more memory than the bounds of
# ChaosSoak. CHAOS_KEEP=yes leaves the logs and says where. Works as root and for an ordinary user.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

seconds=${1:-600} seed=${2:-1}
for number in "$seconds" "$seed"; do
    [[ $number =~ ^[0-9]{1,9}$ ]] || die "'$number' is no number (expected: chaos.sh [SECONDS [SEED]])"
done
[ "$seconds" -ge 1 ] || die "expected: at least one second"
# the end-to-end tests start this script when all is built
if [ -z "${MEMPAIR_IN_NAMESPACE:-}" ] && [ -z "${CHAOS_IS_BUILT:-}" ]; then
    install_packages
    require_build_tools
    build_mempair
fi
enter_user_namespace "$here/chaos.sh" "$@"

lab_of_script chaos "${CHAOS_KEEP:-}"
"$here/lab/lab.sh" up >&2
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$here/lab/lab.sh" exec c "$java" -Xms128m -Xmx256m -XX:+UseSerialGC -cp "$here/target/test-classes:$here/target/lib/*" \
    io.mempair.deploy.chaos.ChaosSoak "$here" "$MEMPAIR_LAB_DIR" "$seconds" "$seed" &
wait $!
