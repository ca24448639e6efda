#!/usr/bin/env bash
# Shows what openapi.yaml changes for those who call the API, and what of it
# would break them.
#   scripts/breaking.sh            against the baseline
#   scripts/breaking.sh COMMIT     against that commit's
#   scripts/breaking.sh --refuse   the same, and fails when something breaks
# The baseline is what has been promised: openapi/baseline/openapi.yaml. While
# there is none, the last version in git that differs from today's takes its
# place: that needs no name of a branch or a remote, so it works in any clone.
#
# Answers are open: they may gain values; but nothing is taken away, be it
# optional, and clients name methods by operationId (tools/oasdiff/severity.txt).
# oasdiff does not see an input that opens or an answer that closes
# (additionalProperties), callbacks, explode or addresses of servers, and judges
# webhooks as if they were requests. A check of our own beside it, that inputs
# stay closed and answers open, comes with the baseline.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

spec=openapi.yaml
promised=openapi/baseline/openapi.yaml
refuse=
commit=
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM

# Asks git, which may know this clone as another user's.
ask_git() {
  git -c safe.directory="$PWD" "$@" 2>/dev/null
}

# Prints the last commit whose version differs from the one that lies here.
version_before() {
  local now candidate blob
  command -v git >/dev/null || return 1
  now="$(ask_git hash-object "$spec")" || return 1
  for candidate in $(ask_git rev-list --max-count=50 HEAD -- "$spec"); do
    blob="$(ask_git rev-parse --verify --quiet "$candidate:./$spec")" || continue
    if [ "$blob" != "$now" ]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# Puts what is compared with into the folder, and says what that is.
find_baseline() {
  if [ -z "$commit" ] && [ -f "$promised" ]; then
    echo "compared with $promised"
    cp "$promised" "$folder/before.yaml"
    return
  fi
  [ -n "$commit" ] || commit="$(version_before)" || return 1
  ask_git show "$commit:./$spec" >"$folder/before.yaml" || die "there is no $spec in commit $commit"
  echo "compared with $(ask_git log -1 --format='%h of %cs: %s' "$commit")"
}

for argument in "$@"; do
  case "$argument" in
    --refuse) refuse=yes ;;
    -*) die "usage: scripts/breaking.sh [--refuse] [COMMIT]" ;;
    *) commit="$argument" ;;
  esac
done

if ! find_baseline; then
  [ -z "$refuse" ] || die "nothing to compare with: no $promised, and no earlier version in this clone"
  echo "SKIPPED: no $promised, and no earlier version in this clone: nothing to compare with"
  exit 0
fi
go_tool tools/oasdiff github.com/oasdiff/oasdiff
"$tool" changelog --allow-external-refs=false --color never --format singleline \
  --severity-levels tools/oasdiff/severity.txt ${refuse:+--fail-on WARN} "$folder/before.yaml" "$spec"
