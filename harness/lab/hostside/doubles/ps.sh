#!/bin/sh
. /opt/deployday-lab/lib.sh
# The processes of the tables, Swift's real ones, and those of this room.
fields= header=1 everything=
format() { for one in $(printf '%s' "$1" | tr ',' ' '); do
    case $one in
    *=*)
        title=${one#*=}
        one=${one%%=*}
        [ -n "$title" ] || header=
        ;;
    esac
    fields="$fields $one"
done; }
while [ $# -gt 0 ]; do
    case $1 in
    -o) format "$2"; shift ;;
    -o*) format "${1#-o}" ;;
    -A | -e | -ef | -ely | -eF | ax* | aux* | -ax*) everything=1 ;;
    esac
    shift
done
[ -n "$fields" ] || fields='pid user args'
rows() {
    for stat in "$M"/proc/[0-9]*/stat; do
        { read -r line <"$stat"; } 2>/dev/null || continue
        one=${line%% *}
        [ "$one" != 1 ] || continue
        after=${line##*) }
        set -- $after
        args=$(tr '\000' ' ' <"$M/proc/$one/cmdline" 2>/dev/null)
        name=${line#*(}
        printf '%s|%s|root|%s|%s\n' "$one" "$2" "${name%)*}" "${args:-[${name%)*}]}"
    done
    case $fields in *ppid*) ;; *) ask processes ;; esac
}
[ -z "$header" ] || printf '%5s %-12s %s\n' PID USER COMMAND
rows | while IFS='|' read -r pid ppid user comm args; do
    said=
    for one in $fields; do
        case $one in
        pid) text=$(printf '%5s' "$pid") ;;
        ppid) text=$(printf '%5s' "$ppid") ;;
        user | euser | ruser | uname) text=$(printf '%-12s' "$user") ;;
        comm | ucmd | ucomm) text=$comm ;;
        args | cmd | command) text=$args ;;
        stat | s | state) text=S ;;
        *) text=- ;;
        esac
        said="$said${said:+ }$text"
    done
    printf '%s\n' "$said"
done
