#!/bin/sh
. /opt/deployday-lab/lib.sh
# The node's own sockets, as the lab's process finds them in the machine's table, and those that are played.
tcp= udp= listening= numeric= process=
for word; do
    case $word in
    --*) case $word in --tcp) tcp=1 ;; --udp) udp=1 ;; --listening) listening=1 ;; --processes | --programs) process=1 ;; esac ;;
    -*)
        case $word in *t*) tcp=1 ;; esac
        case $word in *u*) udp=1 ;; esac
        case $word in *l*) listening=1 ;; esac
        case $word in *p*) process=1 ;; esac
        ;;
    esac
done
am_root || process=
if [ -z "$tcp$udp" ]; then tcp=1 udp=1; fi
netstat=
if [ "${0##*/}" = netstat ]; then
    netstat=1
    echo 'Active Internet connections (only servers)'
    printf '%-5s %6s %6s %-23s %-23s %-11s%s\n' Proto Recv-Q Send-Q 'Local Address' 'Foreign Address' State "${process:+ PID/Program name}"
else
    printf '%-5s %-10s %-6s %-6s %24s %24s\n' Netid State Recv-Q Send-Q 'Local Address:Port' 'Peer Address:Port'
fi
ask listeners | while IFS='|' read -r kind address port name pid; do
    case $kind in tcp) [ "$tcp" ] || continue ;; udp) [ "$udp" ] || continue ;; esac
    state=LISTEN
    [ "$kind" = tcp ] || state=UNCONN
    if [ "$netstat" ]; then
        [ "$kind" = tcp ] || state=
        program=
        [ -z "$process" ] || program=" $pid/$name"
        printf '%-5s %6s %6s %-23s %-23s %-11s%s\n' "$kind" 0 0 "$address:$port" '0.0.0.0:*' "$state" "$program"
    else
        shown=$address
        [ "$address" != 0.0.0.0 ] || shown='*'
        users=
        [ -z "$process" ] || users="users:((\"$name\",$pid,3))"
        printf '%-5s %-10s %-6s %-6s %24s %24s   %s\n' "$kind" "$state" 0 128 "$shown:$port" '*:*' "$users"
    fi
done
