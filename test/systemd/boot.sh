#!/usr/bin/env bash
# Boots systemd over a copy of this machine's files, of which nothing stays, and runs a script there as a service.
# usage: boot.sh prepare <folder>          makes <folder>/root: this machine's files; what is written there goes to memory
#        boot.sh run <folder> <script>     boots it, runs <script> (a path in it) and waits until it has powered off
#        boot.sh remove <folder>
#        boot.sh try                       tells by its exit code whether all this can be done here
# Needs root and systemd-nspawn (Debian: systemd-container), and mounts of which nobody else hears: it is run below
# `unshare --mount --propagation private`. The network is this machine's own.
set -euo pipefail
what=${1:?} folder=${2:-}
[ "$what" = try ] || : "${folder:?}"

[ "$(findmnt --noheadings --output PROPAGATION /)" = private ] || {
  echo 'boot.sh: what is mounted here is mounted elsewhere, too; use unshare --mount --propagation private' >&2
  exit 1
}

case $what in
  prepare)
    mkdir "$folder"/{lower,memory,root}
    mount --bind / "$folder/lower"
    mount -t tmpfs tmpfs "$folder/memory"
    mkdir "$folder"/memory/{upper,work}
    mount -t overlay overlay "$folder/root" \
      -o "lowerdir=$folder/lower,upperdir=$folder/memory/upper,workdir=$folder/memory/work"
    ;;
  run)
    script=${3:?}
    cat >"$folder/root/etc/systemd/system/offboard-test.service" <<UNIT
[Unit]
Requires=basic.target
After=basic.target
[Service]
ExecStart=/bin/bash $script
ExecStopPost=/bin/systemctl --no-block poweroff
UNIT
    # It says what it does on a terminal, or nothing at all.
    timeout --kill-after=5 150 script --quiet --return --command "systemd-nspawn --directory='$folder/root' --boot \
      --register=no --keep-unit --link-journal=no -- systemd.unit=offboard-test.service" /dev/null </dev/null
    ;;
  remove)
    # Never rm -r: what is mounted here is the machine.
    umount "$folder/root" "$folder/memory" "$folder/lower"
    rmdir "$folder"/{root,memory,lower} "$folder"
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
