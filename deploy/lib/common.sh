# shellcheck shell=bash
# Shared by the scripts of deploy/: sourced, never run.

# Debian packages the lab and the tests need, each with a command it brings.
REQUIRED_PACKAGES='memcached:memcached iproute2:ip iputils-arping:arping netcat-openbsd:nc procps:ps util-linux:unshare'

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

missing_packages() {
    local entry missing=''
    for entry in $REQUIRED_PACKAGES; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${entry#*:}" >/dev/null || missing="$missing ${entry%%:*}"
    done
    echo "${missing# }"
}

# Installs what is missing; without root it says the one command instead. A memcached service that Debian
# would start on installing is kept from starting, so nothing of ours runs outside the lab.
install_packages() {
    local missing policy=/usr/sbin/policy-rc.d ours=no status=0
    missing=$(missing_packages)
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
    missing=$(missing_packages)
    [ -z "$missing" ] || die "still missing after apt-get install: $missing"
}

require_build_tools() {
    command -v mvn >/dev/null || die "no Maven (expected: 3.8 or later; on Debian: apt-get install maven)"
    command -v javac >/dev/null || [ -x "${JAVA_HOME:-/none}/bin/javac" ] ||
        die "no JDK (expected: 17 or later; on Debian: apt-get install openjdk-17-jdk-headless)"
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
    MEMPAIR_IN_NAMESPACE=1 exec unshare --user --map-root-user --net --mount --fork --kill-child --pid --mount-proc \
        sh -c 'PATH=$PATH:/usr/sbin:/sbin; mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && exec "$@"' sh "$@"
}
