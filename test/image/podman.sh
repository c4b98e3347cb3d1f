#!/usr/bin/env bash
# podman for these tests: images and containers of its own, and settings that also work where nothing manages cgroups.
# usage: podman.sh <words for podman...>
exec podman --root "${TMPDIR:-/tmp}/offboard-podman/storage" --runroot "${TMPDIR:-/tmp}/offboard-podman/run" \
  --cgroup-manager cgroupfs --events-backend file --runtime runc "$@"
