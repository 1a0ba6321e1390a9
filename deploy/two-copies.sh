#!/usr/bin/env bash
# two-copies.sh [SECONDS [SEED]]: the long proofs of what two copies promise. Clients do everything to a few keys for SECONDS (600)
# while servers are killed, frozen and cut off, by faults drawn from SEED (1), behind one proxy and behind two that hand over to
# each other; the order of writes on threads that pause anywhere; a
# million racing writes, and a quarter of it on loops that pause so; a fault at every call for a buffer; counters that must come out
# right; servers that were cut off or frozen and return with 10,000 old keys, once with the death of the active node in between.
# One line for each proof; the exit code is 0 only if all hold. Works as root and for an ordinary user.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

seconds=${1:-600} seed=${2:-1}
for number in "$seconds" "$seed"; do
    [[ $number =~ ^[0-9]{1,9}$ ]] || die "'$number' is no number (expected: two-copies.sh [SECONDS [SEED]])"
done
[ "$seconds" -ge 1 ] || die "expected: at least one second"
install_packages
require_build_tools
cd "$here/.."
if [ "$(id -u)" -ne 0 ]; then
    # as in test.sh: inside the namespace there is no network, and Java would look in the home of root
    timeout 1800 "$maven" -B -ntp -q verify -DskipITs
    export MAVEN_OPTS="${MAVEN_OPTS:-} -Duser.home=$HOME"
    enter_user_namespace "$here/two-copies.sh" "$@"
fi
offline=()
[ -z "${MEMPAIR_IN_NAMESPACE:-}" ] || offline=(-o)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# proves LIMIT MODULE TEST PROPERTY...: runs one test class of a module, and what the module needs first.
proves() {
    local limit=$1 module=$2 test=$3 start=$SECONDS result
    shift 3
    if ! timeout "$limit" "$maven" -B -ntp "${offline[@]}" -pl "$module" -am verify -Dtest=NoUnitTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Dit.test="$test" -Dfailsafe.failIfNoSpecifiedTests=false \
        "${@/#/-Dmempair.}" >"$work/$test.log" 2>&1; then
        result='DOES NOT HOLD'
    elif ! grep -q "Tests run: [1-9].* -- in .*\\.$test\$" "$work/$test.log"; then
        result='DID NOT RUN'
    else
        result=holds
    fi
    if [ "$result" != holds ]; then
        failed=$((failed + 1))
        tail -n 200 "$work/$test.log" >&2
    fi
    printf '%-18s %-50s %-14s %5d s\n' "$test" "$*" "$result" $((SECONDS - start))
}

memcached -V
proves 3600 proxy-core WriteOrderThreadsTest order.seeds="$((seconds * 50))" order.seed="$seed"
proves $((seconds + 900)) proxy-core CopiesModelIT model.seconds="$seconds" model.seed="$seed"
proves $((seconds + 900)) proxy-core HandedOverModelIT model.seconds="$seconds" model.seed="$seed"
proves 3600 proxy-core RacingWritesIT copies.writes=1000000 copies.seed="$seed"
proves 3600 proxy-core InjectedFaultsIT faults.each=1 faults.from=1
proves 3600 proxy-core CountedWritesIT copies.counted=100000
proves 3600 proxy-core HealedWireIT copies.keys=10000
proves 3600 deploy HealedTakeOverIT healed.keys=10000
echo "proofs that do not hold: $failed"
[ "$failed" -eq 0 ]
