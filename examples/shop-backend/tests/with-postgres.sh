#!/bin/sh
# Runs a command with a PostgreSQL server of its own at TEST_POSTGRES_URL: a free port, a temporary folder, gone afterwards.
#
#     tests/with-postgres.sh cargo test -- --include-ignored
#
# Needs Debian's package postgresql (or initdb and pg_ctl in PATH). Started by root, the server runs as user postgres.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
PATH=${bin:+$bin:}$PATH
command -v initdb >/dev/null || { echo "error: no initdb; expected the package postgresql (apt-get install postgresql)" >&2; exit 1; }

folder=$(mktemp -d)
as_server() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}
[ "$(id -u)" = 0 ] && chown postgres: "$folder"
stop() {
    as_server pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd "$folder"
as_server initdb -D data -U shop --auth=trust --encoding=UTF8 --locale=C.UTF-8 >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_server pg_ctl -D data -w -l server.log -o "-p $port -h 127.0.0.1 -k $folder -c max_connections=300" start >/dev/null || { cat server.log >&2; exit 1; }
cd "$OLDPWD"

TEST_POSTGRES_URL="postgres://shop@127.0.0.1:$port/postgres" "$@"
