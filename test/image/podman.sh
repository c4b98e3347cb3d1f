#!/usr/bin/env bash
# podman for these tests: images and containers of its own, and settings that also work where nothing manages cgroups.
# usage: podman.sh <words for podman...>
place=${XDG_CACHE_HOME:-$HOME/.cache}/offboard-test-podman
exec podman --root "$place/storage" --runroot "$place/run" \
  --cgroup-manager cgroupfs --events-backend file --runtime runc "$@"
