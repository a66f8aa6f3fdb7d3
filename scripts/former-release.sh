#!/bin/sh
# Make what is kept of a release, so that later ones are held against it:
#   cmd/quancheng/testdata/former/<release>.tar.gz  its data directory, with cases in every kind of state
#   engine/testdata/corpus/<release>/               its stored states, and what its engine does with them
#   workflows/testdata/history/<release>-*.json.gz  workflow histories of its cases
#
# usage: scripts/former-release.sh COMMIT   (in a clone with full history; about ten minutes)
#
# The directory is made by that release's own binary. The corpus is stepped by
# its own engine: the recorder is copied into a work tree of it; where it does not
# compile there, adapt the one function `input`. The three are then committed, and
# the release is added to formerReleases in cmd/quancheng/upgrade_test.go.
set -eu
commit=$(git rev-parse --verify "$1^{commit}") || { echo "there is no commit $1 in this clone: it needs full history" >&2; exit 1; }
release=$(git rev-parse --short=7 "$commit")
export CGO_ENABLED=0 GOFLAGS=-trimpath
here=$(git rev-parse --show-toplevel)
work=$(mktemp -d)
trap 'git -C "$here" worktree remove --force "$work/tree" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
cd "$here"
git worktree add --detach "$work/tree" "$commit"
(cd "$work/tree" && go build -o "$work/quancheng" ./cmd/quancheng)

go test ./cmd/quancheng -run 'TestMakeFormerRelease$' -timeout 30m -former "$work/quancheng" -release "$release"
go test ./cmd/quancheng -run 'TestExportCorpus$' -export-corpus "$release"
go test ./cmd/quancheng -run 'TestExportHistories$' -export-histories "$release"

mkdir -p "$work/tree/engine/testdata/corpus"
cp -r "engine/testdata/corpus/$release" "$work/tree/engine/testdata/corpus/"
cp engine/corpus_test.go engine/corpus_record_test.go "$work/tree/engine/"
(cd "$work/tree" && go test ./engine -run 'TestCorpus$' -write-corpus "$release")
cp "$work/tree/engine/testdata/corpus/$release/steps.json.gz" "engine/testdata/corpus/$release/"
ls -l "cmd/quancheng/testdata/former/$release.tar.gz" "engine/testdata/corpus/$release" workflows/testdata/history
