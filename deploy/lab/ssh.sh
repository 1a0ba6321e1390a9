#!/usr/bin/env bash
# Stands for ssh where Ansible's hosts are booted ones (booted.sh): ssh.sh OPTIONS... HOST COMMAND runs the command in
# $MEMPAIR_BOOTED/HOST. Give it to Ansible as ANSIBLE_SSH_EXECUTABLE.
set -euo pipefail

[ $# -ge 2 ] || { echo "ssh.sh: expected: OPTIONS... HOST COMMAND" >&2; exit 255; }
exec "$(dirname "${BASH_SOURCE[0]}")/booted.sh" in "${MEMPAIR_BOOTED:?expected: the folder with the folders of the hosts}/${*: -2:1}" \
    sh -c "${!#}"
