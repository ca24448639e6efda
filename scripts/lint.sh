#!/usr/bin/env bash
# Lints the Go code by .golangci.yml. Arguments go to "golangci-lint run".
#   scripts/lint.sh             everything
#   scripts/lint.sh ./api/...   one folder
#   scripts/lint.sh --build     only see that the linter is there
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

# Prints where the linter is kept: one for each version of it and of Go, since
# a linter built by an older Go refuses newer code.
linter_path() {
  local key
  key="$({ cat tools/go.mod tools/go.sum && go env GOVERSION; } | cksum | cut -d ' ' -f 1)"
  printf '%s/golangci-lint-%s' "$cache" "$key"
}

# Builds the linter once, under another name first: a second run that comes in
# between must never see half of it.
build_linter() {
  local linter="$1"
  [ -x "$linter" ] && return
  echo "building golangci-lint (once; a few minutes)"
  mkdir -p "$cache"
  go build -C tools -mod=readonly -ldflags='-s -w' -o "$linter.$$" \
    github.com/golangci/golangci-lint/v2/cmd/golangci-lint
  mv "$linter.$$" "$linter"
}

linter="$(linter_path)"
build_linter "$linter"
[ "${1:-}" != --build ] || exit 0
export GOLANGCI_LINT_CACHE="$cache/golangci-lint-cache"
exec "$linter" run "$@"
