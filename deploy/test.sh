#!/usr/bin/env bash
# Runs all tests: unit tests, tests against real memcached, end-to-end tests in the lab and with real clients. What
# cannot run fails with its reason; nothing is skipped. Works as root and for an ordinary user.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

LIMIT_SECONDS=3600

install_packages "$CLIENT_PACKAGES $COMPILER_PACKAGES"
require_build_tools
install_memjs "$here/target/npm"
cd "$here/.."
if [ "$(id -u)" -ne 0 ]; then
    # inside the namespace there is no network, so Maven fetches what it needs before
    timeout $LIMIT_SECONDS mvn -B -ntp -q verify -DskipITs
    # and Java would look for its repository in the home of root, whom the user is inside
    export MAVEN_OPTS="${MAVEN_OPTS:-} -Duser.home=$HOME"
    enter_user_namespace timeout $LIMIT_SECONDS mvn -B -ntp -o verify
fi
exec timeout $LIMIT_SECONDS mvn -B -ntp verify
