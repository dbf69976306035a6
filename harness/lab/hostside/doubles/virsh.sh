#!/bin/sh
. /opt/deployday-lab/lib.sh
case "$*" in
*list*)
    printf ' Id Name                 State\n----------------------------------\n'
    ask domains | while IFS='|' read -r number name state; do printf ' %-2s %-20s %s\n' "$number" "$name" "$state"; done
    echo
    ;;
*version*) printf 'Compiled against library: libvir 0.9.8\nRunning hypervisor: QEMU 1.0.0\n' ;;
*) echo "error: unknown command: '$*'" >&2; exit 1 ;;
esac
