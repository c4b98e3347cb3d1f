#!/usr/bin/env bash
# Builds the Dockerfile as it is, as localhost/offboard:test. Where its base image cannot be fetched, one of the same name is made
# of this machine's own files and of the Node.js that npm has: what the Dockerfile does is then tried, not what the base adds.
# usage: build.sh        the image
#        build.sh try    only its base, and runs something in it: tells by its exit code whether podman can do that here
# Needs root, podman and runc.
set -euo pipefail
cd "$(dirname "$0")/../.."
podman=test/image/podman.sh
base=docker.io/library/node:24-bookworm-slim
stand_in_node=24.21.0

make_stand_in() {
  local program folder library
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  mkdir -p "$root"/usr/{bin,lib,lib64} "$root"/usr/local/{bin,lib/node_modules} "$root"/etc/ssl/certs "$root"/{dev,proc,sys,tmp}
  for folder in bin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
  (cd "$root" && npm pack --silent "node-linux-$(node -p process.arch)@$stand_in_node" >/dev/null &&
    tar -xzf node-linux-*.tgz package/bin/node && rm node-linux-*.tgz && mv package/bin/node usr/local/bin/node && rm -r package)
  for program in sh env cat ls mv rm mkdir chown chmod sleep tar; do
    cp -L "$(command -v "$program")" "$root/usr/bin/$program"
  done
  # What they are linked with, and what a package's native part may ask for.
  {
    for program in "$root"/usr/bin/* "$root/usr/local/bin/node"; do ldd "$program" | grep -o '/[^ ]*'; done
    dpkg -L libc6 libgcc-s1 libstdc++6 | grep '[.]so'
  } | sort -u | while read -r library; do
    [ -f "$library" ] || continue
    mkdir -p "$root/$(dirname "$library")"
    cp -L "$library" "$root/$library"
  done
  cp -a "$(npm root --global)/npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  printf 'root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnode:x:1000:\n' >"$root/etc/group"
  # npm in the build trusts whom npm trusts here.
  cp "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" "$root/etc/ssl/certs/ca-certificates.crt"
  tar -C "$root" --owner=0 --group=0 --numeric-owner -cf - . | "$podman" import --quiet \
    --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' --change 'CMD ["node"]' - "$base"
}

# A stand-in of an earlier day gives way to the real one.
if [ "${1:-}" = try ] || ! "$podman" image exists "$base"; then
  timeout 60 "$podman" pull --quiet "$base" 2>/dev/null || {
    echo "no registry answers: $base is stood in for"
    "$podman" image exists "$base" || make_stand_in
  }
fi
if [ "${1:-}" = try ]; then
  "$podman" run --rm --network host --ulimit nofile=8192:8192 --ulimit nproc=4096:4096 "$base" node --version
  exit
fi
"$podman" build --quiet --isolation chroot --network host --pull=never --tag localhost/offboard:test .
"$podman" image inspect --format 'image: {{.Size}} bytes' localhost/offboard:test
