#!/usr/bin/env bash
# Inside a machine that is a Dreichor host: releases of a runtime as images in a local layout, which
# stands for the registry, and what podman needs on a machine that is a container on an overlay.
set -euo pipefail
mkdir -p /etc/containers /srv/images
printf '[storage]\ndriver = "vfs"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n' \
  >/etc/containers/storage.conf
printf '[containers]\nkeyring = false\n' >/etc/containers/containers.conf
work=$(mktemp -d) && cd "$work"
cp /bin/busybox .
# A runtime that says over HTTP which release it is.
cat >Containerfile <<'FILE'
FROM scratch
COPY busybox /bin/
COPY release /www/
CMD ["/bin/busybox", "sh", "-c", "trap 'exit 0' TERM; /bin/busybox httpd -f -p 127.0.0.1:8090 -h /www & wait"]
FILE
# release NAME [REQUIREMENT]: builds it, with its requirement in the label, and pushes it
release() {
  echo "$1" >release
  podman build --quiet ${2+"--label=io.dreichor.schema.requirement=$2"} --tag "runtime:$1" . >/dev/null
  podman push --quiet "runtime:$1" "oci:/srv/images/runtime:$1"
}
range=$'requires = "003_add_decision_memory.sql"\nsupports_up_to = "004_add_orders.sql"'
release 0.9 'requires = "003_add_decision_memory.sql"'
release 1.0 "$range"
release 1.1 'requires = "004_add_orders.sql"'
release broken-requirement 'requires = "004_add_orders.sql'
release no-requirement
sed -i 's|^CMD.*|CMD ["/bin/nothing"]|' Containerfile
release cannot-start "$range"
podman image rm --all --force >/dev/null
rm -rf -- "$work"
