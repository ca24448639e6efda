# shellcheck shell=bash
# What the scripts share. Sourced, not run.

# Where tools that take long to build are kept: outside the clone, so that a
# fresh clone on the same machine finds them.
# shellcheck disable=SC2034 # used by those who source this
cache="${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/jiebang"

# Errors go to stderr, because stdout may be evaluated (scripts/postgres.sh).
die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# At home a check whose tool cannot be had is left out aloud; CI leaves out nothing.
skip() {
  [ "${CI:-}" != true ] || die "$*"
  printf 'SKIPPED: %s\n' "$*"
  exit 0
}

is_root() {
  [ "$(id -u)" = 0 ]
}

# Installs Debian packages without a question. The lists are fetched first, for
# a new machine has none or old ones; some other source of packages may be out of
# reach, so only the installation itself decides.
install_debian() {
  command -v apt-get >/dev/null || die "cannot install $*: not a Debian machine"
  echo "installing $*" >&2
  apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null || true
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "$@" >/dev/null
}

# need COMMAND PACKAGE...: sees that a command is there, installing its Debian
# packages where that is allowed. Fails when it is not.
need() {
  local command="$1"
  shift
  command -v "$command" >/dev/null && return
  is_root || return 1
  install_debian "$@"
  command -v "$command" >/dev/null
}

# go_tool MODULE PACKAGE: builds a command once and sets tool to where it is
# kept: one for each state of its module and of Go, since a linter built by an
# older Go refuses newer code. It is built under another name first: a second run
# that comes in between must never see half of it.
go_tool() {
  local module="$1" package="$2" key
  key="$({ cat "$module/go.mod" "$module/go.sum" && go env GOVERSION; } | cksum | cut -d ' ' -f 1)"
  tool="$cache/${package##*/}-$key"
  [ -x "$tool" ] && return
  echo "building ${package##*/} (once; up to a few minutes)"
  mkdir -p "$cache"
  go build -C "$module" -mod=readonly -ldflags='-s -w' -o "$tool.$$" "$package"
  mv "$tool.$$" "$tool"
}
