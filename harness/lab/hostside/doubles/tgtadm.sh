#!/bin/sh
. /opt/deployday-lab/lib.sh
root_only "tgtadm: can't send the request to the tgt daemon, Permission denied"
hang tgtadm
case "$*" in *show*target* | *show*-m*) ask targets ;; *) echo 'tgtadm: unknown option' >&2; exit 1 ;; esac
