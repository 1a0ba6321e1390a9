#!/usr/bin/env bash
# simulation.sh [RUNS]: the election at length: every simulated story of two nodes, of two with a tie-breaker and of two with a
# witness, RUNS times each (5000, over 100,000 runs in all), each run by a seed of its own. A failure names its seed;
# "-Dmempair.seed=N" runs that one alone. One line at the end; the exit code is 0 only if all invariants held in all runs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

runs=${1:-5000}
[[ $runs =~ ^[1-9][0-9]{0,8}$ ]] || die "'$runs' is no number of runs (expected: simulation.sh [RUNS])"
require_build_tools
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cd "$here/.."
start=$SECONDS
if ! timeout 10800 "$maven" -B -ntp test -pl ha-agent -am -Dtest='*SimulationTest' -Dsurefire.failIfNoSpecifiedTests=false \
    -Dmempair.runs="$runs" >"$log" 2>&1; then
    tail -n 150 "$log" >&2
    die "the election broke a rule, or the time is up"
fi
stories=$(sed -n 's/^\[INFO\] Tests run: \([0-9]*\), .*SimulationTest$/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
[ "$stories" -gt 0 ] || die "no simulation ran"
echo "$stories stories, $runs runs each: $((stories * runs)) runs, no rule broken, $((SECONDS - start)) s"
