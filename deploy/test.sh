#!/usr/bin/env bash
# Runs all tests: unit tests, tests against real memcached, end-to-end tests in the lab and with real clients. What
# cannot run fails with its reason; nothing is skipped. Works as root and for an ordinary user. Says every minute what it
# does and how far it is. How long it may take depends on how fast this machine is at the start.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/progress.sh
. "$here/lib/progress.sh"

QUIET_LIMIT_SECONDS=3000
MAX_LIMIT_SECONDS=5100

install_packages "$CLIENT_PACKAGES $COMPILER_PACKAGES $CHECK_PACKAGES"
require_build_tools
install_memjs "$here/target/npm"
limit=$(scaled_limit $QUIET_LIMIT_SECONDS $MAX_LIMIT_SECONDS)
cd "$here/.."
if [ "$(id -u)" -ne 0 ] && [ -z "${MEMPAIR_IN_NAMESPACE:-}" ]; then
    # inside the namespace there is no network, so Maven fetches what it needs before
    timeout "$limit" "$maven" -B -ntp -q verify -DskipITs
    # and Java would look for its repository in the home of root, whom the user is inside
    export MAVEN_OPTS="${MAVEN_OPTS:-} -Duser.home=$HOME"
    enter_user_namespace "$here/test.sh"
fi
offline=()
[ -z "${MEMPAIR_IN_NAMESPACE:-}" ] || offline=(-o)
run_with_progress "$limit" "$maven" -B -ntp "${offline[@]}" verify
