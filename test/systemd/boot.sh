#!/usr/bin/env bash
# Boots systemd over a copy of this machine's files, of which nothing stays, and runs a script there as a service.
# usage: boot.sh prepare <folder>          makes <folder>/root: this machine's files; what is written there goes to memory
#        boot.sh run <folder> <script>     boots it, runs <script> (a path in it) and waits until it has powered off
#        boot.sh remove <folder>
#        boot.sh try                      tells by its exit code whether all this can be done here
# Needs root and systemd-nspawn (Debian: systemd-container). The network is this machine's own.
set -euo pipefail
what=$1 folder=${2:-} script=${3:-}
root=$folder/root

case $what in
  prepare)
    mkdir -p "$folder"/{lower,memory,root}
    mount --bind / "$folder/lower"
    mount -t tmpfs tmpfs "$folder/memory"
    mkdir "$folder"/memory/{upper,work}
    mount -t overlay overlay -o "lowerdir=$folder/lower,upperdir=$folder/memory/upper,workdir=$folder/memory/work" "$root"
    ;;
  run)
    cat >"$root/etc/systemd/system/offboard-test.service" <<UNIT
[Unit]
Requires=basic.target
After=basic.target
[Service]
ExecStart=/bin/bash $script
ExecStopPost=/bin/systemctl --no-block poweroff
UNIT
    # It says what it does on a terminal, or nothing at all.
    timeout --kill-after=5 120 script --quiet --return --command \
      "systemd-nspawn --directory='$root' --boot --register=no --keep-unit --link-journal=no -- systemd.unit=offboard-test.service" \
      /dev/null </dev/null
    ;;
  remove)
    for mount in root memory lower; do umount --lazy "$folder/$mount" 2>/dev/null || true; done
    rm -rf --one-file-system "$folder"
    ;;
  try)
    folder=$(mktemp -d)
    trap 'bash "$0" remove "$folder"' EXIT
    bash "$0" prepare "$folder"
    echo 'systemctl is-system-running >/booted || true' >"$folder/root/try.sh"
    bash "$0" run "$folder" /try.sh
    test -s "$folder/root/booted"
    ;;
esac
