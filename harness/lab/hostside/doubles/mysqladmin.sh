#!/bin/sh
. /opt/deployday-lab/lib.sh
if [ "$(value database answers)" != answers ]; then
    echo "mysqladmin: connect to server at 'localhost' failed" >&2
    echo "error: 'Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)'" >&2
    exit 1
fi
for word; do
    case $word in
    ping) echo 'mysqld is alive' ;;
    version)
        printf 'mysqladmin  Ver 8.42 Distrib 5.5.32, for debian-linux-gnu on x86_64\n\n'
        printf 'Server version\t\t%s\nProtocol version\t10\nConnection\t\tLocalhost via UNIX socket\n' "$(value mysql 5.5.32-0ubuntu0.12.04.1)"
        printf 'UNIX socket\t\t/var/run/mysqld/mysqld.sock\nUptime:\t\t\t10 days\n'
        ;;
    status) echo 'Uptime: 864013  Threads: 22  Questions: 11321  Slow queries: 0  Opens: 188' ;;
    esac
done
