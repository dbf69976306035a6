#!/bin/sh
. /opt/deployday-lab/lib.sh
# service NAME VERB: of upstart's jobs what initctl says, of sysv's what their scripts would.
name=${1-} verb=${2-}
if [ -z "$name" ] || [ "$name" = --status-all ]; then
    ask states | while IFS='|' read -r one manager state rest; do
        [ "$manager" = sysv ] || continue
        if [ "$state" = running ]; then printf ' [ + ]  %s\n' "$one"; else printf ' [ - ]  %s\n' "$one"; fi
    done
    exit 0
fi
if [ -e "/etc/init/$name.conf" ]; then exec initctl "${verb:-status}" "$name"; fi
if [ ! -e "/etc/init.d/$name" ]; then echo "$name: unrecognized service" >&2; exit 1; fi
case $verb in
status)
    ask states | {
        while IFS='|' read -r one manager state rest; do
            if [ "$one" = "$name" ]; then
                if [ "$state" = running ]; then echo " * $name is running"; exit 0; fi
                echo " * $name is not running"
                exit 3
            fi
        done
        exit 4
    }
    ;;
start | stop | restart)
    root_only "$name: you must be root"
    ask "$verb" "$name"
    ;;
*) echo "Usage: /etc/init.d/$name {start|stop|restart|status}" >&2; exit 2 ;;
esac
