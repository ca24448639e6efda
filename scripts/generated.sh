#!/usr/bin/env bash
# Sees that generated code is what the generator makes of its sources today.
# It generates in a copy, so it neither needs git nor touches the work tree,
# whatever state that is in and wherever it is interrupted.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
trap 'exit 143' TERM

# Copies the sources, without what others made or fetched.
copy_sources() {
  tar -cf - --exclude=./.git --exclude=./.cache --exclude=./data --exclude=node_modules . |
    tar -xf - -C "$copy"
}

# Prints every file that differs, relative to the top of the clone.
changed_files() {
  local file
  (cd "$copy" && find . -type f) | sort | while read -r file; do
    cmp -s "$file" "$copy/$file" || printf '%s\n' "${file#./}"
  done
}

copy_sources
(cd "$copy" && go generate ./...)
changed="$(changed_files)"
[ -z "$changed" ] && exit 0

printf 'not up to date:\n%s\n' "$changed"
for file in $changed; do
  diff -uN --label "$file" --label "$file (generated anew)" "$file" "$copy/$file" | head -40 || true
done
die "run 'go generate ./...' and commit what it changes"
