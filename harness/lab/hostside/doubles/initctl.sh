#!/bin/sh
. /opt/deployday-lab/lib.sh
# initctl list|status|start|stop|restart JOB, and the words of their own: start JOB, status JOB.
verb=${0##*/}
if [ "$verb" = initctl ]; then
    verb=${1-help}
    [ $# -eq 0 ] || shift
fi
states=$(ask states)
row() { printf '%s\n' "$states" | while IFS='|' read -r name manager state pid user program; do
    [ "$manager" = upstart ] || continue
    if [ -n "${1-}" ] && [ "$name" != "$1" ]; then continue; fi
    case $state in
    running) printf '%s start/running, process %s\n' "$name" "$pid" ;;
    *) printf '%s stop/waiting\n' "$name" ;;
    esac
done; }
case $verb in
list) row ;;
version) echo 'init (upstart 1.5)' ;;
status)
    said=$(row "${1?}")
    if [ -z "$said" ]; then echo "status: Unknown job: $1" >&2; exit 1; fi
    printf '%s\n' "$said"
    ;;
start | stop | restart | reload)
    root_only "$verb: Rejected send message, 1 matched rules; type=\"method_call\", sender=\":1.25\""
    ask "$verb" "${1?}"
    ;;
*) echo "initctl: invalid command: $verb" >&2; exit 1 ;;
esac
