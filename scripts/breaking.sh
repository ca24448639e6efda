#!/usr/bin/env bash
# Shows what openapi.yaml changes for those who call the API, and what of it
# would break them.
#   scripts/breaking.sh            against the baseline
#   scripts/breaking.sh COMMIT     against that commit's
#   scripts/breaking.sh --refuse   the same, and fails when something breaks
#   scripts/breaking.sh --take     makes today's the baseline, unless it breaks
#   scripts/breaking.sh --accept   makes it the baseline all the same, when somebody
#                                  has looked: a pattern that takes more is told as a
#                                  warning, too. The commit says why nobody is broken
# The baseline is what has been promised: openapi/baseline/openapi.yaml, the
# description of the last release. It is taken anew with each release, so that
# what a release added is promised from then on, and committed with it.
#
# Answers are open: they may gain values; but nothing is taken away, be it
# optional, and clients name methods by operationId (tools/oasdiff/severity.txt).
# oasdiff does not see an input that opens or an answer that closes
# (additionalProperties), callbacks, explode or addresses of servers, and judges
# webhooks as if they were requests. That inputs stay closed is seen when the
# description is read (api/edge), that answers stay open when it is bundled.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

spec=openapi.yaml
promised=openapi/baseline/openapi.yaml
refuse=
take=
commit=
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM

# Asks git, which may know this clone as another user's.
ask_git() {
  git -c safe.directory="$PWD" "$@" 2>/dev/null
}

# Puts what is compared with into the folder, and says what that is.
find_baseline() {
  if [ -z "$commit" ]; then
    echo "compared with $promised"
    cp "$promised" "$folder/before.yaml"
    return
  fi
  ask_git show "$commit:./$spec" >"$folder/before.yaml" || die "there is no $spec in commit $commit"
  echo "compared with $(ask_git log -1 --format='%h of %cs: %s' "$commit")"
}

for argument in "$@"; do
  case "$argument" in
    --refuse) refuse=yes ;;
    --take) refuse=yes take=yes ;;
    --accept) take=yes ;;
    -*) die "usage: scripts/breaking.sh [--refuse | --take | --accept] [COMMIT]" ;;
    *) commit="$argument" ;;
  esac
done

[ -n "$commit" ] || [ -f "$promised" ] || die "$promised is missing"
find_baseline
go_tool tools/oasdiff github.com/oasdiff/oasdiff
"$tool" changelog --allow-external-refs=false --color never --format singleline \
  --severity-levels tools/oasdiff/severity.txt ${refuse:+--fail-on WARN} "$folder/before.yaml" "$spec"
[ -z "$take" ] || cp "$spec" "$promised"
