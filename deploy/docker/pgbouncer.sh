#!/usr/bin/env bash
# Runs PgBouncer in transaction mode before the database that PGHOST, PGPORT, PGUSER and PGPASSWORD name, for programs that talk SQL.
# 'healthy' asks whether it takes connections.
set -euo pipefail

port=${PGBOUNCER_PORT:-6432}

quoted() { printf '"%s"' "${1//\"/\"\"}"; }

case ${1:-run} in
    healthy)
        exec 3<>"/dev/tcp/127.0.0.1/$port"
        exit 0
        ;;
    run) ;;
    *)
        printf '%s\n' "pgbouncer.sh: '$1' is not known. Allowed: run, healthy." >&2
        exit 2
        ;;
esac

# The password is in a file that only this user reads, in memory (/tmp of the container is one).
umask 077
folder=${PGBOUNCER_FOLDER:-$(mktemp -d)}
printf '%s %s\n' "$(quoted "${PGUSER:?}")" "$(quoted "${PGPASSWORD:?}")" >"$folder/users"
cat >"$folder/pgbouncer.ini" <<SETTINGS
[databases]
* = host=${PGHOST:?} port=${PGPORT:-5432}

[pgbouncer]
listen_addr = ${PGBOUNCER_ADDRESS:-0.0.0.0}
listen_port = $port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users
pool_mode = transaction
default_pool_size = ${PGBOUNCER_POOL_SIZE:-20}
max_client_conn = ${PGBOUNCER_MAX_CLIENTS:-1000}
; Sent by clients at their start; transaction mode has no session to keep them in.
ignore_startup_parameters = extra_float_digits,search_path
SETTINGS
if [[ $(id -u) == 0 ]]; then
    # It does not run as root; outside of its image somebody may have started this script so.
    printf 'user = nobody\n' >>"$folder/pgbouncer.ini"
fi
exec pgbouncer "$folder/pgbouncer.ini"
