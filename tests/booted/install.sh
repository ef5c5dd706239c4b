#!/usr/bin/env bash
# Inside a machine: the package, by apt alone, with nothing fetched.
set -euo pipefail
cd /root
apt-get install -y --no-install-recommends ./dreichor-migrate.deb </dev/null
rm dreichor-migrate.deb
