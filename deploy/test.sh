#!/usr/bin/env bash
# Runs all tests: unit tests, tests against real memcached, end-to-end tests in the lab and with real clients, the packages on hosts
# that boot systemd. What cannot run fails with its reason; nothing is skipped. Works as root, and for an ordinary user but for the
# last of these. Says every minute what it does and how far it is. How long it may take depends on how fast this machine is at
# the start.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/progress.sh
. "$here/lib/progress.sh"

QUIET_LIMIT_SECONDS=1800
MAX_LIMIT_SECONDS=5100

packages="$CLIENT_PACKAGES $COMPILER_PACKAGES $CHECK_PACKAGES"
choice=()
if [ "$(id -u)" -eq 0 ] && [ -z "${MEMPAIR_IN_NAMESPACE:-}" ]; then
    packages="$packages $BOOT_PACKAGES"
else
    # a user namespace has one user and no control groups of its own, and systemd needs both
    echo "test.sh: not root, so the tests of the packages on hosts that boot systemd are left out (NamedInstancesIT, QuickStartIT, WitnessPackageIT)"
    choice=(-Dtest.left.out=root)
fi
install_packages "$packages"
require_build_tools
install_npm_packages "$here/target/npm"
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
run_with_progress "$limit" "$maven" -B -ntp "${offline[@]}" "${choice[@]}" verify
