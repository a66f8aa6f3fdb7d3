#!/bin/sh
# Measure a former release against this one in one run: both as whole servers on
# fresh data, acts and previews over HTTP, in turns (docs/operations.md, "What it costs").
#
# usage: scripts/bench-former.sh COMMIT [options of `quancheng bench http`]   (in a clone with full history)
set -eu
[ $# -ge 1 ] || { echo "usage: scripts/bench-former.sh COMMIT [options of quancheng bench http]" >&2; exit 2; }
commit=$(git rev-parse --verify "$1^{commit}") || { echo "there is no commit $1 in this clone: it needs full history" >&2; exit 1; }
shift
export CGO_ENABLED=0 GOFLAGS=-trimpath
cd "$(git rev-parse --show-toplevel)"
work=$(mktemp -d)
trap 'git worktree remove --force "$work/tree" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
git worktree add --quiet --detach "$work/tree" "$commit"
(cd "$work/tree" && go build -o "$work/former" ./cmd/quancheng)
go build -o "$work/this" ./cmd/quancheng
echo "former: $(git log -1 --format='%h %s' "$commit")"
echo "this:   $(git log -1 --format='%h %s')$(git diff --quiet HEAD || echo ', with changes that are not committed')"
"$work/this" bench http --former "$work/former" "$@"
