#!/usr/bin/env bash
# Boots Debian's systemd as one host of the lab: PID 1 of namespaces of its own, over an overlay of this machine's root, so
# that packages and units can be tried and nothing of it stays. Needs root, and a kernel with overlay and cgroup2. Run on a host:
#   lab.sh exec HOST booted.sh FOLDER   boots; FOLDER becomes /root in it, its file "pid" says where it is
#   booted.sh in FOLDER COMMAND...      runs a command in it, in the folder /root
#   booted.sh usage FOLDER              processor time of all that ran in it so far, in milliseconds
# It ends with the process that booted it.
set -euo pipefail

die() {
    echo "booted.sh: $*" >&2
    exit 1
}

# cgroup FOLDER: the control group of a host, which systemd takes for the root of all
cgroup() {
    echo "mempair-$(basename "$1")-$(stat -c %i "$1")"
}

# runs a line for sh in the folder of all control groups
with_cgroups() {
    unshare --mount --propagation private sh -c 'mount -t cgroup2 cgroup2 /mnt && cd /mnt && '"$1" sh "${@:2}"
}

# All that ran in it is dead, or will be in a moment: PID 1 of its namespace is.
remove_cgroup() {
    local end=$((SECONDS + 10))
    # back to the group of all, or it is not empty
    # shellcheck disable=SC2016 # for the inner shell
    with_cgroups 'echo "$1" >cgroup.procs' $$
    # shellcheck disable=SC2016 # for the inner shell
    until with_cgroups 'find "$1" -depth -type d -exec rmdir {} +' "$1" 2>/dev/null || [ "$SECONDS" -ge "$end" ]; do
        sleep 0.1
    done
}

boot() {
    [ "$(id -u)" -eq 0 ] || die "needs root"
    [ -x /lib/systemd/systemd ] || die "no systemd (on Debian: apt-get install systemd)"
    group=$(cgroup "$1")
    # in a group of its own before it becomes the root of what is seen
    # shellcheck disable=SC2016 # for the inner shell
    with_cgroups 'mkdir -p "$1" && echo "$2" >"$1/cgroup.procs"' "$group" $$
    trap 'remove_cgroup "$group"' EXIT
    trap 'kill -KILL "$inner" 2>/dev/null' TERM INT
    unshare --mount --propagation private --pid --fork --uts --ipc --cgroup --kill-child "$0" init "$1" &
    inner=$!
    wait "$inner"
}

# In the new namespaces: the file system of the host, then systemd.
init() {
    local folder=$1 root=/mnt/root node target
    mount -t tmpfs tmpfs /mnt
    mkdir /mnt/upper /mnt/work $root
    mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work $root ||
        die "cannot mount an overlay of / (expected: a kernel that has it)"
    mount -t proc proc $root/proc
    mount -t sysfs sysfs $root/sys
    mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
    for target in run tmp dev var/log root; do
        mount -t tmpfs tmpfs $root/$target
    done
    mount --bind "$folder" $root/root
    for node in null zero full random urandom tty; do
        touch $root/dev/$node
        mount --bind /dev/$node $root/dev/$node
    done
    mkdir $root/dev/shm $root/dev/pts $root/run/lock
    ln -s /proc/self/fd $root/dev/fd
    ln -s pts/ptmx $root/dev/ptmx
    mount -t tmpfs tmpfs $root/dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666 devpts $root/dev/pts
    # of what this machine would start, nothing; an identity of its own
    rm -rf $root/etc/systemd/system
    mkdir $root/etc/systemd/system
    for node in systemd-udevd systemd-udev-trigger systemd-modules-load kmod-static-nodes systemd-binfmt systemd-firstboot systemd-random-seed \
        systemd-hwdb-update systemd-machine-id-commit systemd-update-utmp ldconfig apparmor networking console-setup keyboard-setup; do
        ln -s /dev/null $root/etc/systemd/system/$node.service
    done
    # the daemons of packages may start here, and whoever is asked whether to go on says yes
    rm -f $root/usr/sbin/policy-rc.d
    echo 'APT::Get::Assume-Yes "true";' >$root/etc/apt/apt.conf.d/90lab
    printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' >$root/etc/systemd/system/lab.target
    : >$root/etc/machine-id
    # the process id as the world outside knows it
    read -r node _ </proc/self/stat
    echo "$node" >"$folder/pid"
    # no chroot: in one the kernel makes no user namespace, which PrivateUsers= wants
    cd $root
    pivot_root . .
    umount --lazy .
    exec env -i container=lab PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd \
        --system --unit=lab.target --log-target=journal-or-kmsg --show-status=no
}

inside() {
    local pid
    pid=$(cat "$1/pid") || die "nothing was booted with $1"
    exec nsenter --target "$pid" --mount --pid --uts --ipc --net --cgroup --root -- \
        env -i --chdir=/root HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"
}

usage() {
    # shellcheck disable=SC2016 # for the inner shell
    with_cgroups 'sed -n "s/^usage_usec \(.*\)...$/\1/p" "$1/cpu.stat"' "$(cgroup "$1")"
}

case ${1:-} in
    in) shift && inside "$@" ;;
    usage) usage "$2" ;;
    init) init "$2" ;;
    /*) boot "$1" ;;
    *) die "expected: FOLDER (absolute), in FOLDER COMMAND..., or usage FOLDER" ;;
esac
