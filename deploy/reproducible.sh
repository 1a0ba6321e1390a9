#!/usr/bin/env bash
# reproducible.sh: builds and installs this checkout twice, in two folders, under two umasks, time zones and locales, and compares
# every jar and every file that install.sh puts on a host, byte for byte. Left out is what `mempair cache` makes, which belongs to
# one JVM and one host. The exit code is 0 only if nothing differs; the last line says what was compared.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"

[ $# -eq 0 ] || die "'$1' (expected: no arguments)"
require_build_tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# once, so that both builds have the same however the checkout changes meanwhile
tar -C "$here/.." --exclude=target --exclude=.git --exclude=node_modules -cf "$work/source.tar" .

# build NAME UMASK ZONE LOCALE: into $work/NAME/checkout and $work/NAME/installed, what is in both listed in $work/NAME.sums
build() {
    local name=$1 checkout=$work/$1/checkout installed=$work/$1/installed
    echo "Building: $name"
    mkdir -p "$checkout"
    # as root, tar would set the modes it recorded, whatever the umask
    (umask "$2" && tar -C "$checkout" --no-same-permissions -xf "$work/source.tar")
    (
        umask "$2"
        export TZ=$3 LC_ALL=$4
        "$checkout/deploy/install.sh" "$installed" >"$work/$name.log" 2>&1
    ) || { cat "$work/$name.log" >&2; die "the build failed"; }
    (
        cd "$work/$name"
        find checkout/*/target -maxdepth 1 -name '*.jar' -print0 | sort -z | xargs -0 sha256sum
        find installed -path installed/cache -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
        find installed -path installed/cache -prune -o -type f -perm /111 -printf 'executable %p\n' | sort
    ) >"$work/$name.sums"
}

build first 022 UTC C.UTF-8
build a-second-one-elsewhere 027 Pacific/Chatham C
diff "$work/first.sums" "$work/a-second-one-elsewhere.sums" >&2 || die "two builds of the same files differ"
echo "two builds are the same: $(grep -c '  checkout/' "$work/first.sums") jars, $(grep -c '[0-9a-f]  installed/' "$work/first.sums") installed files"
