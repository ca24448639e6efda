#!/usr/bin/env bash
# Lints openapi.yaml by redocly.yaml. Another file may be named.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

# Installs the linter when it is missing or its lock file has changed;
# afterwards nothing asks the network.
install_linter() {
  local stamp=tools/node_modules/.lock
  cmp -s tools/package-lock.json "$stamp" && return
  (cd tools && npm ci --no-progress)
  cp tools/package-lock.json "$stamp"
}

if ! need node nodejs npm || ! need npm npm; then
  skip "openapi.yaml was not linted: node and npm are missing"
fi
install_linter
# It would report its use and look for newer versions of itself.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
exec node tools/node_modules/@redocly/cli/bin/cli.js lint --config redocly.yaml \
  --format stylish "${1:-openapi.yaml}"
