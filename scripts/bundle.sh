#!/bin/sh
# Put together what an installation without a network needs: the binary, the production binary without Temporal's
# server, the units, alerts and dashboard, the pages, the fonts with their licences, the licences of all modules, and checksums.
#
# usage: [LEVEL=1] scripts/bundle.sh OUT.tar.gz [BINARY]   (BINARY: use this one instead of building; the web client must be built)
set -eu
[ $# -ge 1 ] || { echo "usage: scripts/bundle.sh OUT.tar.gz [BINARY]" >&2; exit 2; }
out=$1; binary=${2-}
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 GOFLAGS=-trimpath
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
name=quancheng-$(git describe --always --dirty 2>/dev/null || echo sources)
dir=$work/$name
mkdir -p "$dir/licences" "$dir/fonts"
if [ -n "$binary" ]; then
  cp "$binary" "$dir/quancheng"
else
  [ -e web/dist/index.html ] || { echo "web/dist is empty: make web first" >&2; exit 1; }
  go build -ldflags "-s -w" -o "$dir/quancheng" ./cmd/quancheng
  go build -tags external -ldflags "-s -w" -o "$dir/quancheng-external" ./cmd/quancheng
fi
cp -r ops/systemd ops/prometheus ops/grafana docker docs "$dir/"
cp README.md README.zh-CN.md CHANGELOG.md "$dir/"
cp LICENSE THIRD-PARTY-NOTICES.md "$dir/licences/"
find models/papers/fonts -type f -exec cp {} "$dir/fonts/" \;
# The licence of each module that is in the binary: what its authors ask of those who pass it on.
go list -deps -f '{{with .Module}}{{if .Version}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/quancheng | sort -u | while read -r path version where; do
  to="$dir/licences/$(echo "$path@$version" | tr / _)"
  found=
  for f in "$where"/LICEN[SC]E* "$where"/COPYING* "$where"/NOTICE*; do
    [ -f "$f" ] || continue
    mkdir -p "$to"; cp "$f" "$to/"; found=yes
  done
  [ -n "$found" ] || echo "$path $version" >> "$dir/licences/WITHOUT-A-FILE.txt"
done
(cd "$dir" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs -d '\n' sha256sum > SHA256SUMS)
tar -C "$work" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -I "gzip -${LEVEL:-6}" -cf "$work/out" "$name"
mv "$work/out" "$out"
echo "$out: $name"
