#!/bin/sh
. /opt/deployday-lab/lib.sh
root_only "iptables-save v1.4.12: Cannot initialize: Permission denied (you must be root)"
cat "$T/iptables"
