#!/usr/bin/env bash
# A throw-away PostgreSQL 15 for tests: no port, no password, no durability.
#   eval "$(scripts/postgres.sh start)"   start one, export JIEBANG_TEST_POSTGRES
#   scripts/postgres.sh stop              stop that one and delete it
# Root installs Debian's package where it is missing; others unpack it below
# .cache/ of the clone.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

unpacked="$PWD/.cache/postgres"
folder=    # of the cluster: data, socket and log
bin=       # folder of the programs
libraries= # folders of libraries unpacked beside them

# Runs a PostgreSQL program. As root it changes to the user postgres, because
# PostgreSQL refuses root, and to a folder which that user may read.
run() {
  if is_root; then
    (cd "$folder" && setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
  else
    env ${libraries:+"LD_LIBRARY_PATH=$libraries"} "$@"
  fi
}

# Finds the programs of version 15: Debian's, or those on the PATH.
find_programs() {
  local candidate
  for candidate in /usr/lib/postgresql/15/bin "$(dirname "$(command -v initdb || echo .)")"; do
    if [ -x "$candidate/initdb" ] && "$candidate/initdb" --version | grep -q ' 15\.'; then
      bin="$candidate"
      return
    fi
  done
  return 1
}

# Finds what unpack_programs made, and the libraries that belong to it.
find_unpacked() {
  local path
  libraries=
  for path in "$1"/usr/lib/*-linux-* "$1"/lib/*-linux-*; do
    [ ! -d "$path" ] || libraries="$libraries${libraries:+:}$path"
  done
  bin="$1/usr/lib/postgresql/15/bin"
  [ -x "$bin/initdb" ]
}

# Installs the package, without the cluster that it would make and start.
install_package() {
  local off=/etc/postgresql-common/createcluster.d/jiebang.conf
  mkdir -p "$(dirname "$off")"
  echo 'create_main_cluster = false' >"$off"
  install_debian postgresql-15
  rm "$off"
}

# Calls apt-get or apt-cache with lists of our own: a user may not refresh the
# machine's, and a new machine has none.
private_apt() {
  local command="$1" state="$unpacked.apt"
  shift
  mkdir -p "$state"/lists/partial "$state"/archives/partial
  "$command" -qq -o Dir::State="$state" -o Dir::State::status=/var/lib/dpkg/status \
    -o Dir::Cache="$state" "$@" >&2
}

# Lists libraries that the unpacked programs want and find nowhere.
missing_libraries() {
  find_unpacked "$1"
  run ldd "$bin"/{postgres,initdb,pg_ctl} | awk '/not found/ { print $1 }' | sort -u
}

# Downloads packages and unpacks them into a folder.
unpack_packages() {
  local into="$1" package
  shift
  (cd "$into" && private_apt apt-get download "$@")
  for package in "$into"/*.deb; do
    dpkg -x "$package" "$into"
    rm "$package"
  done
}

# Names the libraries that the package stands on, without the C library, which
# has to fit the machine's loader, and the compiler, which jit = off leaves alone.
libraries_of_package() {
  private_apt apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts \
    --no-breaks --no-replaces --no-enhances postgresql-15 2>&1 |
    grep '^lib' | grep -Ev '^lib(c6|c-bin|c-l10n|crypt1|gcc-s1|llvm.*|z3-.*|perl.*|.*-perl)$' | sort -u
}

# Makes our own copy of the programs for a user who may not install any.
unpack_programs() {
  local into="$unpacked.new" missing packages
  if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
    die "PostgreSQL 15 is missing: install it, or set JIEBANG_TEST_POSTGRES"
  fi
  echo "unpacking PostgreSQL 15 into ${unpacked#"$PWD"/} (once)" >&2
  rm -rf "$into" && mkdir -p "$into"
  private_apt apt-get update || true # what is lacking shows in the next line
  unpack_packages "$into" postgresql-15 libpq5
  if [ -n "$(missing_libraries "$into")" ]; then
    mapfile -t packages < <(libraries_of_package)
    unpack_packages "$into" "${packages[@]}"
  fi
  missing="$(missing_libraries "$into")"
  [ -z "$missing" ] || die "PostgreSQL 15 lacks these libraries:" "$missing"
  rm -rf "$unpacked" "$unpacked.apt"
  mv "$into" "$unpacked"
}

# Sees that the programs are there, by whatever way this user has.
ensure_programs() {
  if is_root; then
    if ! find_programs || ! getent passwd postgres >/dev/null; then install_package; fi
    find_programs || die "PostgreSQL 15 is missing although it was installed"
  elif ! find_programs; then
    find_unpacked "$unpacked" || unpack_programs
    find_unpacked "$unpacked"
  fi
}

# Where clusters live: in memory if 4 GiB are free there (a copy of a database
# takes a third of the time), else on disk. Both are short, for the path of a
# socket may have 107 bytes only.
base_folder() {
  local free
  free="$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')"
  if [ -w /dev/shm ] && [ "${free:-0}" -gt $((4 * 1024 * 1024)) ]; then
    echo /dev/shm
  else
    echo /tmp
  fi
}

# Prints the process id of a folder's server, if it still runs. A number that
# by now belongs to some other program is not it.
server_of() {
  local pid
  pid="$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)" || return 1
  kill -0 "$pid" 2>/dev/null || return 1
  [ ! -r "/proc/$pid/comm" ] || [ "$(cat "/proc/$pid/comm")" = postgres ] || return 1
  echo "$pid"
}

# Deletes what killed runs left in memory: our folders, an hour old, without a
# server. Those of other users stay, for they may not be deleted.
sweep() {
  local old
  while read -r old; do
    server_of "$old" >/dev/null || rm -rf "$old" 2>/dev/null || true
  done < <(find "$1" -maxdepth 1 -name 'jiebang-pg.*' -mmin +60 2>/dev/null)
}

# Settings: fast, with nothing kept outside the folder, and close to production
# where it shows (the zone of a server there is not UTC either).
write_settings() {
  cat <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
checkpoint_timeout = 1h
dynamic_shared_memory_type = mmap
jit = off
timezone = 'Asia/Shanghai'
SETTINGS
}

# Makes a cluster and starts its server; leaves nothing behind when that fails.
start() {
  local base
  ensure_programs
  base="$(base_folder)"
  sweep "$base"
  folder="$(mktemp -d "$base/jiebang-pg.XXXXXX")"
  trap 'stop "$folder"' EXIT
  trap 'exit 143' INT TERM HUP
  if is_root; then chown postgres:postgres "$folder"; fi
  run "$bin/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 \
    --locale=C.UTF-8 --pgdata="$folder/data" >"$folder/initdb.log" 2>&1 ||
    die "$(cat "$folder/initdb.log")"
  write_settings >>"$folder/data/postgresql.conf"
  run "$bin/pg_ctl" start --wait --silent --pgdata="$folder/data" --log="$folder/data/server.log" \
    >/dev/null || die "$(cat "$folder/data/server.log")"
  trap - EXIT
  printf "export JIEBANG_TEST_POSTGRES='host=%s user=postgres dbname=postgres sslmode=disable'\n" "$folder"
}

# Stops the server of a folder, by its process id, and deletes the folder.
stop() {
  local folder="$1" pid
  case "$folder" in
    */jiebang-pg.*) ;;
    *) die "not a cluster of this script: '$folder'" ;;
  esac
  if pid="$(server_of "$folder")"; then
    kill -INT "$pid" # ends sessions that are still open
    while server_of "$folder" >/dev/null; do sleep 0.05; done
  fi
  rm -rf "$folder"
}

# Prints the folder that the exported line names.
exported_folder() {
  local dsn="${JIEBANG_TEST_POSTGRES:-}"
  dsn="${dsn#host=}"
  printf '%s' "${dsn%% *}"
}

case "${1:-}" in
  start) start ;;
  stop) stop "${2:-$(exported_folder)}" ;;
  *) die "usage: scripts/postgres.sh start | stop [FOLDER]" ;;
esac
