#!/bin/sh
. /opt/deployday-lab/lib.sh
while IFS='|' read -r name mac mtu bridge kind addresses; do
    printf '%-9s Link encap:Ethernet  HWaddr %s  \n' "$name" "$mac"
    for address in $addresses; do printf '          inet addr:%s  Mask:255.255.255.0\n' "${address%/*}"; done
    printf '          UP BROADCAST RUNNING MULTICAST  MTU:%s  Metric:1\n\n' "$mtu"
done <"$T/interfaces"
