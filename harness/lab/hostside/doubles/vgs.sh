#!/bin/sh
. /opt/deployday-lab/lib.sh
# vgs and lvs: from the tables of groups and of volumes; units as they were asked for.
root_only '  WARNING: Running as a non-root user. Functionality may be unavailable.' 5
tool=${0##*/} separator=' ' header=1 unit=g suffix=g fields=
while [ $# -gt 0 ]; do
    case $1 in
    --noheadings) header= ;;
    --nosuffix) suffix= ;;
    --units) unit=$2; shift ;;
    --separator) separator=$2; shift ;;
    --separator=*) separator=${1#*=} ;;
    -o | --options) fields=$2; shift ;;
    esac
    shift
done
[ -n "$suffix" ] && suffix=$unit
case $unit in
b | B) factor=1073741824 ;;
k | K) factor=1048576 ;;
m | M) factor=1024 ;;
*) factor=1 ;;
esac
if [ "$tool" = vgs ]; then table=$T/volume_groups; : "${fields:=vg_name,vg_size,vg_free}"; else table=; : "${fields:=vg_name,lv_name}"; fi
[ -z "$header" ] || printf '  %s\n' "$(printf '%s' "$fields" | tr ',a-z' ' A-Z')"
rows() { if [ -n "$table" ]; then cat "$table"; else ask volumes; fi; }
rows | while IFS='|' read -r group first second; do
    said=
    for field in $(printf '%s' "$fields" | tr ',' ' '); do
        case $field in
        vg_name) text=$group ;;
        vg_size) text=$((first * factor))$suffix ;;
        vg_free) text=$((second * factor))$suffix ;;
        lv_name) text=$first ;;
        lv_size) text=$((second * factor))$suffix ;;
        *) text= ;;
        esac
        said="$said${said:+$separator}$text"
    done
    printf '  %s\n' "$said"
done
