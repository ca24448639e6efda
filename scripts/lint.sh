#!/usr/bin/env bash
# Lints the Go code by .golangci.yml. Arguments go to "golangci-lint run".
#   scripts/lint.sh             everything
#   scripts/lint.sh ./api/...   one folder
#   scripts/lint.sh --build     only see that the linter is there
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

go_tool tools github.com/golangci/golangci-lint/v2/cmd/golangci-lint
[ "${1:-}" != --build ] || exit 0
export GOLANGCI_LINT_CACHE="$cache/golangci-lint-cache"
exec "$tool" run "$@"
