#!/usr/bin/env bash
# Has a harvester that others wrote (tools/oai) harvest the program, in a test.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

# Installs it when it is missing or its lock file has changed; afterwards nothing
# asks the network.
install_client() {
  local stamp=tools/oai/node_modules/.lock
  local client=tools/oai/node_modules/oai-pmh
  [ -d "$client" ] && cmp -s tools/oai/package-lock.json "$stamp" && return
  (cd tools/oai && npm ci --include=dev --ignore-scripts --no-progress --no-audit --no-fund)
  [ -d "$client" ] # else no stamp, so that the next run installs it again
  cp tools/oai/package-lock.json "$stamp"
}

if ! need node nodejs npm || ! need npm npm; then
  skip "no harvester of others was let loose: node and npm are missing"
fi
install_client
JIEBANG_OAI_CLIENT="$PWD/tools/oai/harvest.js" exec go test -count=1 ./api/harvest -run Others
