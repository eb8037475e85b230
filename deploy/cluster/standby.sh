#!/usr/bin/env bash
# A PostgreSQL that copies another one, and can take its place: `pg_ctl promote` in it, then DATABASE_HOST=postgres-standby.
set -euo pipefail

primary=${PRIMARY:-postgres}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  echo "standby: copying $primary"
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  export PGPASSWORD
  PGPASSWORD=$(cat /run/secrets/password)
  # A slot of its own: the primary keeps what the standby has not had, up to max_slot_wal_keep_size.
  slot=$(psql -h "$primary" -U postgres -d postgres -Atc "SELECT 1 FROM pg_replication_slots WHERE slot_name = 'standby'")
  pg_basebackup -h "$primary" -U postgres -D "$PGDATA" --wal-method=stream --write-recovery-conf \
    --checkpoint=fast --slot=standby ${slot:+} $([ -n "$slot" ] || echo --create-slot)
  unset PGPASSWORD
fi
exec postgres -c shared_buffers=64MB -c max_connections=50 -c hba_file=/etc/switchboard/pg_hba.conf
