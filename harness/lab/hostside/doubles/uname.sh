#!/bin/sh
. /opt/deployday-lab/lib.sh
read -r node </proc/sys/kernel/hostname
kernel=$(value kernel 3.2.0-23-generic)
said=
[ $# -gt 0 ] || set -- -s
for word; do
    case $word in
    -a | --all) set -- -snrvmo ;;
    esac
done
all=$*
add() { said="$said${said:+ }$1"; }
case $all in *s*) add Linux ;; esac
case $all in *n*) add "$node" ;; esac
case $all in *r*) add "$kernel" ;; esac
case $all in *v*) add '#36-Ubuntu SMP Tue Apr 10 20:39:51 UTC 2012' ;; esac
case $all in *m* | *p* | *i*) add x86_64 ;; esac
case $all in *o*) add GNU/Linux ;; esac
printf '%s\n' "$said"
