# shellcheck shell=bash
# Shared by the scripts of deploy/: sourced, never run, with $here, the folder of deploy, set.
# shellcheck disable=SC2034,SC2154 # the scripts use the lists, and set $here

# Debian packages the lab and the tests need, each with a command it brings.
REQUIRED_PACKAGES='memcached:memcached openssl:openssl iproute2:ip iputils-arping:arping netcat-openbsd:nc nftables:nft procps:ps util-linux:unshare'

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# What only the tests with real clients need, each with a command or a file it brings.
CLIENT_PACKAGES='libmemcached-tools:memccapable nodejs:node npm:npm php-cli:php
    php-memcache:/usr/lib/php/*/memcache.so php-memcached:/usr/lib/php/*/memcached.so
    python3-pylibmc:/usr/lib/python3/dist-packages/pylibmc/__init__.py
    python3-pymemcache:/usr/lib/python3/dist-packages/pymemcache/__init__.py
    python3-memcache:/usr/lib/python3/dist-packages/memcache.py
    libcache-memcached-perl:/usr/share/perl5/Cache/Memcached.pm nutcracker:nutcracker
    ruby:ruby ruby-dalli:/usr/share/rubygems-integration/all/gems/dalli-*/lib/dalli.rb'

# For what tests and fault rounds compile: a filter of system calls, a wall clock that can be set. Then what the build checks the
# scripts with, and what the rounds compare with.
COMPILER_PACKAGES='gcc:gcc libc6-dev:/usr/include/stdlib.h'
CHECK_PACKAGES='shellcheck:shellcheck lintian:lintian man-db:man zsh:zsh prometheus:promtool
    chromium:/usr/bin/chromium chromium-driver:/usr/bin/chromedriver
    collectd-core:collectd munin-plugins-extra:/usr/share/munin/plugins/memcached_'
# What the tests of the packages boot, install and are driven by.
BOOT_PACKAGES='systemd:/lib/systemd/systemd adduser:adduser ansible-core:ansible-playbook
    python3-apt:/usr/lib/python3/dist-packages/apt/__init__.py openjdk-17-jre-headless:/usr/share/doc/openjdk-17-jre-headless'
VERSUS_PACKAGES='keepalived:keepalived nutcracker:nutcracker'

# Whether a command is in the path, or a file with a pattern of this name is there.
is_present() {
    case $1 in
        /*) compgen -G "$1" >/dev/null ;;
        *) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ;;
    esac
}

missing_packages() {
    local package sign missing=''
    while IFS=: read -r package sign; do
        is_present "$sign" || missing="$missing $package"
    done < <(tr -s '[:space:]' '[\n*]' <<<"$1")
    echo "${missing# }"
}

# install_packages [LIST]: installs what is missing of the packages every script needs and of the list; without
# root it says the one command instead. A memcached service that Debian would start on installing is kept from
# starting, so nothing of ours runs outside the lab.
install_packages() {
    local wanted="$REQUIRED_PACKAGES ${1:-}" missing policy=/usr/sbin/policy-rc.d ours=no status=0
    missing=$(missing_packages "$wanted")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] || [ -n "${MEMPAIR_IN_NAMESPACE:-}" ]; then
        die "missing: $missing. Run once: sudo apt-get install -y --no-install-recommends $missing"
    fi
    command -v apt-get >/dev/null || die "missing: $missing, and no apt-get here to install them"
    echo "Installing: $missing"
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && ours=yes
    fi
    # shellcheck disable=SC2086 # a list of words
    {
        DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
            { timeout 120 apt-get update -q >/dev/null &&
                DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -q --no-install-recommends $missing; }
    } || status=$?
    [ "$ours" = no ] || rm -f "$policy"
    [ "$status" -eq 0 ] || die "apt-get could not install: $missing"
    missing=$(missing_packages "$wanted")
    [ -z "$missing" ] || die "still missing after apt-get install: $missing"
}

# What the tests need and no Debian package has: clients, and what looks for barriers in the page.
NPM_PACKAGES='memjs@1.3.2 memcached@2.2.2 axe-core@4.14.1'

# install_npm_packages FOLDER: fetches them into FOLDER/node_modules.
install_npm_packages() {
    local package missing=no
    for package in $NPM_PACKAGES; do
        grep -qs "\"version\": \"${package#*@}\"" "$1/node_modules/${package%@*}/package.json" || missing=yes
    done
    [ $missing = yes ] || return 0
    mkdir -p "$1"
    # shellcheck disable=SC2086 # a list of words
    timeout 120 npm install --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error \
        --prefix "$1" $NPM_PACKAGES >/dev/null || die "npm could not fetch $NPM_PACKAGES (expected: access to its registry)"
}

# Sets $maven: the Maven of this host, or where there is none the wrapper, which fetches one.
require_build_tools() {
    maven=$(command -v mvn || echo "$here/../mvnw")
    [ "${maven##*/}" = mvn ] || { is_present unzip && { is_present curl || is_present wget; }; } ||
        die "no Maven (expected: 3.8 or later; on Debian: apt-get install maven, or unzip and curl for mvnw to fetch one)"
    command -v javac >/dev/null || [ -x "${JAVA_HOME:-/none}/bin/javac" ] ||
        die "no JDK (expected: 17 or later; on Debian: apt-get install openjdk-17-jdk-headless)"
}

# Builds what the scripts start.
build_mempair() {
    (cd "$here/.." && timeout 1200 "$maven" -B -q -DskipTests -DskipPackages package) || die "the build failed"
}

# wait_until SECONDS WHAT COMMAND...: polls until the command succeeds; says what was not so otherwise.
wait_until() {
    local seconds=$1 what=$2 end
    shift 2
    end=$((SECONDS + seconds))
    until "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            echo "${0##*/}: not within $seconds s: $what" >&2
            return 1
        fi
        sleep 0.1
    done
}

# json_number NAME, json_text NAME: the first value of that name in the one-line JSON on stdin.
json_number() {
    sed -n "s/\"$1\":\(-\{0,1\}[0-9][0-9.]*\).*/\n\1/; s/.*\n//p"
}

json_text() {
    sed -n "s/\"$1\":\"\([^\"]*\)\".*/\n\1/; s/.*\n//p"
}

# Runs a command as root of namespaces of its own when the user is not root: the lab then needs no right at
# all. A private /run holds the names of its hosts, and loopback is up as on any machine.
enter_user_namespace() {
    [ "$(id -u)" -ne 0 ] || return 0
    unshare --user --map-root-user --net --mount true 2>/dev/null ||
        die "not root, and this kernel allows no user namespaces; run it as root (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone)"
    # shellcheck disable=SC2016 # the inner shell expands them
    MEMPAIR_IN_NAMESPACE=1 exec unshare --user --map-root-user --net --mount --fork --kill-child --pid --mount-proc \
        sh -c 'PATH=$PATH:/usr/sbin:/sbin; mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && exec "$@"' sh "$@"
}

# lab_of_script NAME KEEP: the lab this script makes, called NAME unless MEMPAIR_LAB says otherwise. It ends with the
# script, however that ends, and with it the folder of its logs, unless KEEP is yes: then the last line says where they are.
# A lab of that name that another script made stays.
lab_of_script() {
    export MEMPAIR_LAB=${MEMPAIR_LAB:-$1} TZ=UTC
    MEMPAIR_LAB_DIR=$(mktemp -d "/tmp/$MEMPAIR_LAB-XXXXXX")
    export MEMPAIR_LAB_DIR
    lab_is_kept=$2
    trap end_lab_of_script EXIT
    trap 'exit 143' TERM
    trap 'exit 130' INT
}

end_lab_of_script() {
    local status=$?
    trap - EXIT
    [ ! -e "$MEMPAIR_LAB_DIR/lab-is-up" ] || "$here/lab/lab.sh" down 2>/dev/null || true
    if [ "$lab_is_kept" = yes ]; then
        echo "logs: $MEMPAIR_LAB_DIR" >&2
    else
        rm -rf "$MEMPAIR_LAB_DIR"
    fi
    exit "$status"
}
