#!/bin/sh
. /opt/deployday-lab/lib.sh
# ip addr, ip link, ip route: from the table of interfaces.
brief=
while :; do case ${1-} in -o | -oneline) brief=1; shift ;; -*) shift ;; *) break ;; esac; done
what=${1-}
only=
for word; do only=$word; done
case $only in a | addr | address | l | link | show | list | dev | "$what") only= ;; esac
number=0
case $what in
a | addr | address | l | link)
    while IFS='|' read -r name mac mtu bridge kind addresses; do
        number=$((number + 1))
        if [ -n "$only" ] && [ "$only" != "$name" ]; then continue; fi
        flags=BROADCAST,MULTICAST,UP,LOWER_UP type=ether cast=ff:ff:ff:ff:ff:ff
        if [ "$name" = lo ]; then flags=LOOPBACK,UP,LOWER_UP type=loopback cast=00:00:00:00:00:00; fi
        master=
        [ "$bridge" = - ] || master=" master $bridge"
        if [ -z "$brief" ]; then
            printf '%s: %s: <%s> mtu %s qdisc pfifo_fast%s state UP qlen 1000\n' "$number" "$name" "$flags" "$mtu" "$master"
            printf '    link/%s %s brd %s\n' "$type" "$mac" "$cast"
        fi
        case $what in l*) continue ;; esac
        for address in $addresses; do
            scope=global
            [ "$name" != lo ] || scope=host
            if [ "$brief" ]; then
                printf '%s: %s    inet %s scope %s %s\n' "$number" "$name" "$address" "$scope" "$name"
            else
                printf '    inet %s scope %s %s\n' "$address" "$scope" "$name"
            fi
        done
    done <"$T/interfaces"
    ;;
r | route) printf 'default via %s dev eth0\n' "$(value gateway 10.0.0.1)" ;;
*) echo "Object \"$what\" is unknown, try \"ip help\"." >&2; exit 1 ;;
esac
