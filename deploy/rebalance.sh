#!/usr/bin/env bash
# rebalance.sh [SECONDS [SEED]]: the long proofs of what a rebalance promises. Clients do everything to a few keys above thousands of
# resting ones for SECONDS (600) while the lists of servers and backups and the distribution change at random, changes are given up, and servers are
# frozen or cut off, by faults drawn from SEED (1): no answer is a lie, no resting key is missing, each key is where it belongs and nowhere else. Then what could
# show an old value, one test each; changes that must be refused; servers that come, go and are replaced; the way back; and the loss of the node
# that moves keys; with one copy of each key, and with two.
# One line for each proof; the exit code is 0 only if all hold. Works as root and for an ordinary user.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/proof.sh
. "$here/lib/proof.sh"

seconds=${1:-600} seed=${2:-1}
begin_proofs "$seconds" "$seed" "$here/rebalance.sh" "$@"

memcached -V
proves $((seconds + 900)) proxy-core RebalanceModelIT rebalance.seconds="$seconds" rebalance.seed="$seed"
proves 3600 proxy-core RebalanceTrapsIT
proves 3600 proxy-core RebalanceRefusalIT
proves 3600 proxy-core RebalanceIT
proves 3600 proxy-core KeptServersIT
proves 3600 proxy-core TakenOverRebalanceIT
proves 3600 proxy-core TwoCopyRebalanceIT
proves 3600 proxy-core TwoCopyTakeOverIT
end_proofs
