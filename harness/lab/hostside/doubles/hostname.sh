#!/bin/sh
. /opt/deployday-lab/lib.sh
read -r name </proc/sys/kernel/hostname
case ${1-} in
-f | --fqdn | --long) printf '%s.lab.example.net\n' "$name" ;;
-d | --domain) printf 'lab.example.net\n' ;;
-i | -I | --ip-address | --all-ip-addresses) value address 127.0.0.1 && echo ;;
'' | -s | --short) printf '%s\n' "$name" ;;
*) echo 'hostname: you must be root to change the host name' >&2; exit 1 ;;
esac
