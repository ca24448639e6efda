#!/usr/bin/env bash
# Tells of newer releases of Go and of the modules that this program asks for by
# name, and of known holes in what it is made of, where it can reach them.
#   scripts/security.sh            tells
#   scripts/security.sh --refuse   the same, and fails when there is a newer patch
#                                  of Go, or a known hole in what the program calls
# What cannot be reached is said, and is never a failure: a machine without a
# network builds and tests like any other, but then nobody has looked.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

refuse=
case "${1:-}" in
  '') ;;
  --refuse) refuse=yes ;;
  *)
    echo "usage: scripts/security.sh [--refuse]" >&2
    exit 1
    ;;
esac
found=
unreached=
output="$(mktemp)"
trap 'rm -f "$output"' EXIT

unseen() {
  unreached=yes
  printf 'NOT LOOKED AT: %s\n' "$1"
}

# The patches of the release of Go that builds here.
look_at_go() {
  local now release newest
  now="$(go env GOVERSION)"
  now="${now#go}"
  now="${now%% *}"
  release="$(cut -d . -f 1,2 <<<"$now")"
  if ! timeout 60 go list -m -versions go >"$output" 2>/dev/null; then
    unseen "releases of Go: the module proxy cannot be reached"
    return
  fi
  newest="$(tr ' ' '\n' <"$output" | grep -E "^${release//./\\.}(\.[0-9]+)?\$" | sort -V | tail -n 1 || true)"
  if [ -z "$newest" ]; then
    unseen "releases of Go: the module proxy knows no $release"
  elif [ "$(printf '%s\n' "$now" "$newest" | sort -V | tail -n 1)" != "$now" ]; then
    found=yes
    printf 'Go %s builds here, %s is out: patches of Go mend security too; build with it\n' "$now" "$newest"
  else
    printf 'Go %s is the newest of %s\n' "$now" "$release"
  fi
}

# Newer versions of the modules that go.mod asks for by name.
look_at_modules() {
  local modules newer
  mapfile -t modules < <(go list -m -f '{{if not (or .Indirect .Main)}}{{.Path}}{{end}}' all | grep .)
  if ! timeout 120 go list -m -e -u -f '{{if .Error}}? {{.Path}}{{else if .Update}}{{.Path}} {{.Version}} -> {{.Update.Version}}{{end}}' \
    "${modules[@]}" >"$output" 2>/dev/null; then
    unseen "newer modules: the module proxy cannot be reached"
    return
  fi
  newer="$(grep -v '^?' "$output" | grep . || true)"
  if grep -q '^?' "$output"; then unseen "newer versions of $(grep -c '^?' "$output") modules"; fi
  if [ -n "$newer" ]; then
    printf 'newer versions are out; their notes say whether they mend security:\n%s\n' "$newer"
  else
    printf 'of %d modules none has a newer version that could be seen\n' "${#modules[@]}"
  fi
}

# Known holes, by the database of the Go project.
look_at_holes() {
  local status=0
  # The tool is built from source: not where what it asks cannot be reached.
  if ! timeout 20 curl -sfI https://vuln.go.dev/index/db.json >/dev/null; then
    unseen "known holes: the database of the Go project (vuln.go.dev) cannot be reached, or curl is missing"
    return
  fi
  timeout 300 go run golang.org/x/vuln/cmd/govulncheck@latest ./... >"$output" 2>&1 || status=$?
  case "$status" in
    0) echo "govulncheck knows of no hole in what is called here" ;;
    3)
      found=yes
      cat "$output"
      ;;
    *) unseen "known holes: govulncheck or its database (vuln.go.dev) cannot be reached: $(grep -v "^exit status" "$output" | tail -n 1 | cut -c 1-200)" ;;
  esac
}

look_at_go
look_at_modules
look_at_holes
if [ -n "$unreached" ]; then echo "Not everything could be looked at: run this again where the network is."; fi
[ -z "$refuse" ] || [ -z "$found" ]
