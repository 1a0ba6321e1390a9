#!/usr/bin/env bash
# differential.sh [SCRIPTS [SEED]]: sends the same bytes to memcached and to mempair in front of memcached, compares every byte
# of the answers, and prints the cases and the differences. SCRIPTS random ones beside the hand-chosen cases (2000), made
# from SEED on (1).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

scripts=${1:-2000}
seed=${2:-1}
case "$scripts$seed" in *[!0-9]*) die "usage: differential.sh [SCRIPTS [SEED]] (expected: numbers)" ;; esac
install_packages
require_build_tools
cd "$here/.."

reports=proxy-core/target/failsafe-reports
cases=proxy-core/src/test/resources/same-as-memcached
rm -rf "$reports"
status=0
timeout 3600 "$maven" -B -ntp -q -pl proxy-core verify -Dtest=NoUnitTest -Dit.test='*SameAsMemcachedIT,LoginIT' \
    -Dsurefire.failIfNoSpecifiedTests=false -Dmempair.differential.scripts="$scripts" -Dmempair.differential.seed="$seed" \
    || status=$?

# runs CLASS: how many tests of the class were run, and how many showed a difference
ran() {
    sed -n 's/.*<testsuite.* tests="\([0-9]*\)".* errors="\([0-9]*\)".* failures="\([0-9]*\)".*/\1 \2 \3/p' \
        "$reports"/TEST-*."$1.xml" 2>/dev/null | head -n 1
}

total=0
different=0
for class in SameAsMemcachedIT BinarySameAsMemcachedIT RandomSameAsMemcachedIT LoginIT; do
    read -r tests errors failures < <(ran "$class") || die "$class did not run"
    total=$((total + tests))
    different=$((different + errors + failures))
done
count() {
    grep -vc '^#' "$cases/$1"
}
memcached -V
echo "hand-chosen: $(count text.txt) text, $(count meta.txt) meta, $(count binary.txt) binary"
echo "random: $scripts text and meta scripts before one server, $((scripts / 4)) before three,"
echo "        $((scripts / 4)) before each of two pools with two copies, and 1000 binary conversations; from seed $seed"
echo "documented differences, each shown: $(count differences.txt) text and meta, 5 binary"
echo "tests: $total, with a difference outside the list of docs/reference/protocol.md: $different"
exit "$status"
