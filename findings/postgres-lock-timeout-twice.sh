#!/usr/bin/env bash
# PostgreSQL 15 (Debian's postgresql-15), seen in 15.20 in November 2026.
#
# Behaviour: lock_timeout bounds each lock that a statement waits for, and who waits for a row behind another waiter waits for two, one after the
# other: for the row's turn, which the other waiter has, and then for the transaction that has the row. So an UPDATE under lock_timeout = 1 s
# may come back with "canceling statement due to lock timeout" after nearly 2 s, and a bound of "answered within five seconds" needs a timeout of
# less than half of that.
#
# Output seen (in tenths of a second):
#   the first who waits: 10
#   the second who waits: 18
set -euo pipefail

folder="$(mktemp -d)"
chmod 755 "$folder"
server=
cleanup() {
  if [ -n "$server" ]; then kill -INT "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder"
(apt-get download postgresql-15 postgresql-client-15 libpq5 >/dev/null 2>&1 && for p in *.deb; do dpkg -x "$p" unpacked; done)
bin="$folder/unpacked/usr/lib/postgresql/15/bin"
export LD_LIBRARY_PATH="$folder/unpacked/usr/lib/$(uname -m)-linux-gnu"
mkdir data
as=()
if [ "$(id -u)" = 0 ]; then
  chown nobody data
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
"${as[@]}" "$bin/initdb" --no-sync --auth=trust --username=me --locale=C.UTF-8 --pgdata="$folder/data/db" >/dev/null
"${as[@]}" "$bin/postgres" -D "$folder/data/db" -c listen_addresses= -c unix_socket_directories="$folder/data" -c fsync=off >"$folder/log" 2>&1 &
server=$!
ask() { "$bin/psql" -X -q -h "$folder/data" -U me -d postgres -At "$@"; }
for _ in $(seq 100); do ask -c 'SELECT 1' >/dev/null 2>&1 && break || sleep 0.1; done
ask -c 'SHOW server_version'
ask -c 'CREATE TABLE notes (id int PRIMARY KEY, n int); INSERT INTO notes VALUES (1, 0)'
waits() { # NAME: asks for the row under a lock_timeout of one second; the server says how many tenths of a second that took
  ask -c "SET lock_timeout = '1s'" -c "DO \$\$ DECLARE began timestamptz := clock_timestamp(); BEGIN
    UPDATE notes SET n = n + 1 WHERE id = 1; RAISE NOTICE 'got it';
    EXCEPTION WHEN lock_not_available THEN RAISE NOTICE '%', round(10 * extract(epoch FROM clock_timestamp() - began)); END \$\$" 2>&1 |
    sed -n 's/^NOTICE:  //p' >"$folder/$1"
}
ask -c 'BEGIN' -c 'UPDATE notes SET n = n + 1 WHERE id = 1' -c 'SELECT pg_sleep(6)' -c 'ROLLBACK' >/dev/null &
holder=$!
sleep 1
waits first &
one=$!
sleep 0.2
waits second &
two=$!
wait "$one" "$two"
wait "$holder"
echo "the first who waits: $(cat first)"
echo "the second who waits: $(cat second)"
grep -qxE '1[0-2]' first
grep -qxE '1[7-9]|2[0-2]' second
echo "as stated"
