#!/bin/sh
. /opt/deployday-lab/lib.sh
# Everybody of the lab may become root, without a password.
user=root
while [ $# -gt 0 ]; do
    case $1 in
    -n | -S | -H | -E | -k | -i) shift ;;
    -p | -g) shift 2 ;;
    -u) user=$2; shift 2 ;;
    --) shift; break ;;
    -v | -K) exit 0 ;;
    -*) shift ;;
    *) break ;;
    esac
done
while :; do
    case ${1-} in
    [A-Za-z_]*=*) export "${1?}"; shift ;;
    *) break ;;
    esac
done
if [ "$user" = root ]; then
    LAB_ROOT=1 SUDO_UID=1000 SUDO_GID=1000 SUDO_USER=lab HOME=/root USER=root LOGNAME=root
    export LAB_ROOT SUDO_UID SUDO_GID SUDO_USER HOME USER LOGNAME
else
    if ! grep -q "^$user:" /etc/passwd; then echo "sudo: unknown user: $user" >&2; exit 1; fi
    unset LAB_ROOT SUDO_UID
fi
[ $# -gt 0 ] || set -- /bin/sh
command -v "$1" >/dev/null || { echo "sudo: $1: command not found" >&2; exit 1; }
exec "$@"
