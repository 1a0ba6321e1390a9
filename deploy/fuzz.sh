#!/usr/bin/env bash
# fuzz.sh [SECONDS]: fuzzes what clients and servers send, guided by the code that each input reaches, for SECONDS (3600) a
# target. The exit code is 0 only if no input broke a target; one that did is in proxy-core/target/fuzz/TARGET, with the log.
# What was found is kept there and gone on from the next time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

seconds=${1:-3600}
[[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || die "'$seconds' is no number of seconds (expected: fuzz.sh [SECONDS])"
require_build_tools
cd "$here/.."
"$maven" -B -ntp -q -pl proxy-core verify -Dtest=FuzzInputsTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dit.test=FuzzIT -Dfailsafe.failIfNoSpecifiedTests=false -Dmempair.fuzz.seconds="$seconds"
grep -h '^Done ' proxy-core/target/fuzz/*/log
