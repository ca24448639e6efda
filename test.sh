#!/usr/bin/env bash
# Runs every test on a machine where nothing was installed by hand.
#   ./test.sh                                everything, as CI does
#   ./test.sh --quick                        without race detector and linters
#   ./test.sh -- ./internal/ledger -run X    only go test, with these arguments
#   ./test.sh --quick -- ./internal/ledger   the same without race detector
# A PostgreSQL is started and stopped, unless JIEBANG_TEST_POSTGRES or
# DATABASE_URL names one, by a role that may create databases.
set -euo pipefail
set -m # each step is a process group, so that an interrupt ends all of it

cd "$(dirname "${BASH_SOURCE[0]}")"
. scripts/lib.sh

quick=
only_tests=
# Whoever reads or writes a time by the zone of the process is found out: here it is neither the database's (UTC) nor the city's, and no whole
# number of hours from either. By hand, go test runs in the zone of the machine.
go_test=(env TZ=Asia/Kathmandu go test -timeout 45m)
packages=(./...)
# SQLite is here a C program translated to Go, and argon2 is arithmetic over megabytes: neither shares memory between goroutines, and
# under the race detector they take most of the time. Only these: in a package that is not watched the detector sees no
# synchronisation by atomics either, and would report races that are none.
not_watched=('-gcflags=github.com/ncruces/go-sqlite3-wasm/...=-race=false' '-gcflags=golang.org/x/crypto/...=-race=false')
# Ranking is measured on the real texts, statements are counted and pages looked at in a browser: one thing after the other, which gives the
# race detector nothing to find in many minutes. The pages take longest and leave a core idle: they begin, so that the rest runs beside them.
measured=(./web ./api/statements ./search/eval)
running=       # process group of the step that runs
cluster=       # line that names the PostgreSQL started here
failed=()      # names of steps
output="$(mktemp -d)"

# Ends what was started here, however this ends.
cleanup() {
  local status=$?
  trap - EXIT
  if [ -n "$running" ]; then
    kill -TERM -- "-$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || true
  fi
  if [ -n "$cluster" ]; then scripts/postgres.sh stop; fi
  rm -rf "$output"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

read_arguments() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --quick) quick=yes ;;
      --)
        shift
        only_tests=yes
        [ $# -eq 0 ] || packages=("$@")
        break
        ;;
      *) die "usage: ./test.sh [--quick] [-- packages and flags of go test]" ;;
    esac
    shift
  done
  [ -n "$quick" ] || go_test+=(-race "${not_watched[@]}")
  # A result kept from an earlier run is fine at home, but is no test.
  [ "${CI:-}" != true ] || go_test+=(-count=1)
}

# step NAME COMMAND...: runs one step under a heading, with its seconds. A
# failure is kept for the end, so that one run tells all that is wrong.
step() {
  local name="$1" from="$SECONDS" status=0
  shift
  printf '\n=== %s\n' "$name"
  "$@" </dev/null &
  running=$!
  wait "$running" || status=$?
  running=
  if [ "$status" -eq 0 ]; then
    printf -- '--- %s: %d s\n' "$name" $((SECONDS - from))
  else
    printf -- '--- %s: FAILED after %d s\n' "$name" $((SECONDS - from))
    failed+=("$name")
  fi
}

# Sees that Go is there and, for the race detector, a C compiler.
check_tools() {
  command -v go >/dev/null || die "Go is missing; go.mod names the version"
  go version
  if [ -z "$quick" ]; then
    need gcc gcc libc6-dev || die "the race detector needs gcc: install it, or use --quick"
  fi
  # The reference page is tried in a real browser; CI leaves nothing out, at home that test is skipped aloud.
  need chromium chromium fonts-noto-cjk || [ "${CI:-}" != true ] || die "chromium is missing, and cannot be installed"
  # So is a pooler before the database.
  need pgbouncer pgbouncer || [ "${CI:-}" != true ] || die "pgbouncer is missing, and cannot be installed"
  # Printed papers are read back by another program, text and codes.
  need pdftotext poppler-utils || [ "${CI:-}" != true ] || die "pdftotext is missing, and cannot be installed"
}

# Names the database for the tests, or starts one. The application's own
# variable is taken out of sight: no test may find a database by accident.
provide_postgres() {
  if [ -z "${JIEBANG_TEST_POSTGRES:-}" ] && [ -n "${DATABASE_URL:-}" ]; then
    export JIEBANG_TEST_POSTGRES="$DATABASE_URL"
  fi
  unset DATABASE_URL
  if [ -n "${JIEBANG_TEST_POSTGRES:-}" ]; then
    printf '\n=== PostgreSQL: the one named by the environment\n'
    return
  fi
  step "PostgreSQL" start_postgres
  cluster="$(cat "$output/postgres")"
  eval "$cluster"
}

start_postgres() {
  scripts/postgres.sh start >"$output/postgres"
}

# Lists files that gofmt would change; a list that is not empty is a failure.
check_format() {
  local unformatted
  unformatted="$(find . \( -name .git -o -name .cache -o -name node_modules -o -path ./data \) -prune \
    -o -name '*.go' -print0 | xargs -0 -r "$(go env GOROOT)/bin/gofmt" -l)"
  [ -z "$unformatted" ] || die "run gofmt -w on:" "$unformatted"
}

# Says what failed; the exit status says whether anything did.
conclude() {
  echo
  if [ "${#failed[@]}" -gt 0 ]; then
    printf 'FAILED in %d s:\n' "$SECONDS"
    printf '  %s\n' "${failed[@]}"
    exit 1
  fi
  printf 'all well in %d s\n' "$SECONDS"
}

read_arguments "$@"
# Version control is not asked what is being built: a clone may belong to another user.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"

step "tools" check_tools
provide_postgres
if [ "${#failed[@]}" -gt 0 ]; then conclude; fi

if [ -z "$only_tests" ]; then
  step "gofmt" check_format
  step "go vet" go vet ./...
  if [ -z "$quick" ]; then step "golangci-lint" scripts/lint.sh; fi
  step "generated code" scripts/generated.sh
  if [ -z "$quick" ]; then step "spec" scripts/spec.sh; fi
  if [ -z "$quick" ]; then step "a harvester of others" scripts/oai.sh; fi
  if [ -z "$quick" ]; then step "newer releases and known holes" scripts/security.sh; fi
  if [ -z "$quick" ]; then step "breaking changes" scripts/breaking.sh --refuse; fi
fi
if [ -z "$only_tests" ] && [ -z "$quick" ]; then
  all="$(go list ./...)" # by itself, so that a failure of it ends the run
  # All of it was vetted above, as it is built to be used.
  go_test+=(-vet=off)
  mapfile -t packages < <(grep -v -e "/web\$" -e "/api/statements\$" -e "/search/eval\$" <<<"$all")
  step "go test -race" "${go_test[@]}" "${packages[@]}"
  step "go test ${measured[*]}" env TZ=Asia/Kathmandu go test -vet=off -timeout 45m -count=1 "${measured[@]}"
else
  step "${go_test[*]} ${packages[*]}" "${go_test[@]}" "${packages[@]}"
fi
conclude
