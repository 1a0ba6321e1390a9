#!/usr/bin/env bash
# Installs mempair into a folder of this host: the program, its hooks, and what `mempair cache` makes for the JDK of this
# host, so that starts and take-overs are fast from the first one on.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

usage() {
    cat <<'END'
usage: install.sh [FOLDER]

Puts bin, lib and hooks into FOLDER (default: /opt/mempair), in place of what an earlier installation put there, and runs
`mempair cache`. A node that runs from there keeps what it has open; restart it to have the new one. The configuration is
not touched. INSTALL_IS_BUILT=yes does not build first.
END
}

case ${1:-} in
    -h | --help) usage && exit 0 ;;
    -*) die "'$1' (expected: a folder; see --help)" ;;
esac
[ $# -le 1 ] || die "'$2' (expected: one folder)"
folder=${1:-/opt/mempair}

if [ -z "${INSTALL_IS_BUILT:-}" ]; then
    require_build_tools
    build_mempair
fi
compgen -G "$here/target/lib/ha-agent-*.jar" >/dev/null || die "nothing built in $here/target/lib (expected: mvn -B package -DskipTests before)"

mkdir -p "$folder" 2>/dev/null || true
[ -w "$folder" ] || die "$folder cannot be written (expected: root, or a folder of yours)"
folder=$(cd "$folder" && pwd)
# beside its place and renamed into it: a jar that is written over ends the JVM that runs from it
staging=$(mktemp -d "$folder/.installing-XXXXXX")
trap 'rm -rf "$staging"' EXIT
cp -r "$here/bin" "$staging/bin"
cp -r "$here/target/lib" "$staging/lib"
cp -r "$here/hooks" "$staging/hooks"
for part in bin lib hooks; do
    [ ! -e "$folder/$part" ] || mv "$folder/$part" "$staging/$part.before"
    mv "$staging/$part" "$folder/$part"
done
"$folder/bin/mempair" cache || echo "install.sh: no cache, so starts are slower: run $folder/bin/mempair cache when that is mended" >&2
echo "mempair is in $folder"
