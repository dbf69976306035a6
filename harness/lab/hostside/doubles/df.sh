#!/bin/sh
. /opt/deployday-lab/lib.sh
# df -P -k [PATH…]: from the table of space; of a path the file system that holds it.
hang df
printf '%-20s %12s %12s %12s %8s %s\n' Filesystem 1024-blocks Used Available Capacity 'Mounted on'
shown=
tell() {
    best= row=
    while IFS='|' read -r device size used path; do
        case ${1%/}/ in
        "${path%/}"/*) if [ ${#path} -gt ${#best} ]; then best=$path row="$device $size $used"; fi ;;
        esac
    done <"$T/space"
    line "$best" $row
}
line() {
    printf '%-20s %12s %12s %12s %7s%% %s\n' "$2" "$3" "$4" "$(($3 - $4))" "$(($4 * 100 / ($3 + 1)))" "$1"
}
for word; do
    case $word in
    -*) ;;
    *)
        shown=1
        if [ ! -e "$word" ]; then echo "df: \`$word': No such file or directory" >&2; continue; fi
        tell "$word"
        ;;
    esac
done
[ -z "$shown" ] || exit 0
while IFS='|' read -r device size used path; do line "$path" "$device" "$size" "$used"; done <"$T/space"
