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
# shellcheck source=lib/proof.sh
. "$here/lib/proof.sh"

seconds=${1:-600} seed=${2:-1}
begin_proofs "$seconds" "$seed" "$here/two-copies.sh" "$@"

memcached -V
proves 3600 proxy-core WriteOrderThreadsTest order.seeds="$((seconds * 50))" order.seed="$seed"
proves $((seconds + 900)) proxy-core CopiesModelIT model.seconds="$seconds" model.seed="$seed"
proves $((seconds + 900)) proxy-core HandedOverModelIT model.seconds="$seconds" model.seed="$seed"
proves 3600 proxy-core RacingWritesIT copies.writes=1000000 copies.seed="$seed"
proves 3600 proxy-core InjectedFaultsIT faults.each=1 faults.from=1
proves 3600 proxy-core CountedWritesIT copies.counted=100000
proves 3600 proxy-core HealedWireIT copies.keys=10000
proves 3600 deploy HealedTakeOverIT healed.keys=10000
end_proofs
