#!/usr/bin/env bash
# resize.sh [KEYS]: the servers of a pair change under load, with KEYS (500000) resting keys: 3 to 4 with the active node killed in the copy,
# 4 to 2 with it killed about the switch; then 3 to 4 with a source that stands still in the copy, taken back after the switch, and again
# with both nodes killed in the copy and started anew. Every answer is checked: no key is missing, and no old value is read. Prints the time
# line; the exit code is 0 only if all that holds. Works as root and for an ordinary user.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/proof.sh
. "$here/lib/proof.sh"

keys=${1:-500000}
[[ $keys =~ ^[0-9]{4,8}$ ]] || die "'$keys' is no number of keys (expected: resize.sh [KEYS], from 1000 on)"
begin_proofs "$keys" 1 "$here/resize.sh" "$@"

memcached -V
proves 7200 deploy ResizeIT resize.keys="$keys"
grep '^\[resize\]' "$proof_logs/ResizeIT.log" || true
end_proofs
