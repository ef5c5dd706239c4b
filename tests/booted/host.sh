#!/usr/bin/env bash
# Inside a machine with the package: what an operator does before the first migration, as
# docs/operations.md has it, for both environments; and a runtime, which is not ours.
set -euo pipefail
rm -f /root/dreichor-migrate.deb
for environment in dev prod; do
  dreichor-migrate provision --env "$environment" | runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 -f - >/dev/null
  # The password holds what breaks careless quoting, and is searched for afterwards.
  runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 \
    -c "ALTER ROLE dreichor_${environment}_migrator PASSWORD 'canary \"$environment\"'"
  (umask 077 && echo "DATABASE_URL=postgres://dreichor_${environment}_migrator:canary%20%22$environment%22@localhost/dreichor_$environment" \
    >"/etc/dreichor/migrate/$environment.env")
done
# The runtime writes down each time that its process runs, where a reboot does not lose it.
cat >/etc/systemd/system/dreichor-runtime@.service <<'UNIT'
[Unit]
Description=Dreichor runtime of %i
After=postgresql.service

[Service]
ExecStart=/bin/bash -c 'echo $EPOCHREALTIME >>/var/lib/dreichor-runtime-%i.starts; [[ ! -e /run/dreichor-runtime-%i.crash ]] || exit 1; exec sleep infinity'
Restart=on-failure
RestartSec=300ms

[Install]
WantedBy=multi-user.target
UNIT
# Debian's pg_ctlcluster waits two seconds after the server is up; the server says itself when it
# is. The layer below keeps Debian's own unit.
mkdir -p /etc/systemd/system/postgresql@.service.d
cat >/etc/systemd/system/postgresql@.service.d/tests.conf <<'UNIT'
[Service]
Type=notify
User=postgres
PIDFile=
ExecStart=
ExecStart=/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/%I -c config_file=/etc/postgresql/%I/postgresql.conf
ExecStop=
KillMode=mixed
KillSignal=SIGINT
UNIT
sync
