#!/bin/sh
. /opt/deployday-lab/lib.sh
if [ $# -gt 0 ]; then echo 'mount: only root can do that' >&2; exit 1; fi
while read -r device path type options rest; do
    printf '%s on %s type %s (%s)\n' "$device" "$path" "$type" "$options"
done </proc/mounts
