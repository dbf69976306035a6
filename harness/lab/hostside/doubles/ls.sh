#!/bin/sh
. /opt/deployday-lab/lib.sh
# The machine's ls, with owners from the table where a long listing is asked for.
long= numeric=
for word; do
    case $word in
    --*) ;;
    -*l*) long=1; case $word in *n*) numeric=1 ;; esac ;;
    -*n*) long=1 numeric=1 ;;
    esac
done
[ "$long" ] || exec /opt/deployday-lab/real/ls "$@"
. /opt/deployday-lab/owners.sh
folder=
for word; do case $word in -*) ;; *) folder=$word ;; esac; done
only=
for word; do case $word in -*d*) only=1 ;; esac; done
[ -d "${folder:-.}" ] && [ -z "$only" ] || folder=
/opt/deployday-lab/real/ls "$@" | while IFS= read -r line; do
    case $line in
    [-dlbcps][-r][-w]*) ;;
    *) printf '%s\n' "$line"; continue ;;
    esac
    set -f
    # shellcheck disable=SC2086
    set -- $line
    set +f
    mode=$1 links=$2 size=$5
    shift 5
    rest=$*
    name=$4
    case $name in /*) ;; *) name=${folder:-$PWD}/$name ;; esac
    owner_of "$name"
    if [ "$numeric" ]; then owner=$uid group=$gid; fi
    printf '%s %s %s %s %s %s\n' "$mode" "$links" "$owner" "$group" "$size" "$rest"
done
