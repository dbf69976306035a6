#!/bin/sh
. /opt/deployday-lab/lib.sh
# The machine's clock, ahead by what the table says: a room has no clock of its own.
ahead=$(value clock_ahead 0)
for word; do
    case $word in -d | -d* | --date* | -r | -s | --set*) ahead=0 ;; esac
done
if [ "$ahead" = 0 ]; then exec /opt/deployday-lab/real/date "$@"; fi
exec /opt/deployday-lab/real/date -d "$ahead seconds" "$@"
