#!/bin/sh
. /opt/deployday-lab/lib.sh
root_only 'Only root or rabbitmq should run rabbitmqctl' 1
hang rabbitmqctl
quiet=
while :; do case ${1-} in -q) quiet=1; shift ;; -n) shift 2 ;; *) break ;; esac; done
word=${1-}
[ $# -eq 0 ] || shift
case $word in
list_queues)
    [ "$quiet" ] || echo 'Listing queues ...'
    columns=${*:-name messages}
    while IFS='|' read -r name messages consumers; do
        said=
        for column in $columns; do
            case $column in name) text=$name ;; messages*) text=$messages ;; consumers) text=$consumers ;; *) text=0 ;; esac
            said="$said${said:+	}$text"
        done
        printf '%s\n' "$said"
    done <"$T/queues"
    [ "$quiet" ] || echo '...done.'
    ;;
cluster_status | status)
    read -r node </proc/sys/kernel/hostname
    [ "$quiet" ] || printf '%s of node %s ...\n' "$word" "rabbit@$node"
    sed "s/@NODE@/rabbit@$node/g" "$T/rabbit_$word"
    [ "$quiet" ] || echo '...done.'
    ;;
*) echo "Error: could not recognise command" >&2; exit 2 ;;
esac
