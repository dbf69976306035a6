#!/bin/sh
. /opt/deployday-lab/lib.sh
printf 'bridge name\tbridge id\t\tSTP enabled\tinterfaces\n'
while IFS='|' read -r name mac mtu bridge kind addresses; do
    [ "$kind" = bridge ] || continue
    port=
    for one in "/sys/class/net/$name/brif/"*; do if [ -e "$one" ]; then port="$port${port:+ }${one##*/}"; fi; done
    printf '%s\t\t8000.%s\tno\t\t%s\n' "$name" "$(printf '%s' "$mac" | tr -d :)" "$port"
done <"$T/interfaces"
