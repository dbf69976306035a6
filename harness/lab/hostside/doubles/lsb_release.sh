#!/bin/sh
. /opt/deployday-lab/lib.sh
case "$*" in
*-a*) printf 'Distributor ID:\tUbuntu\nDescription:\tUbuntu 12.04.3 LTS\nRelease:\t12.04\nCodename:\tprecise\n' ;;
*-*r*s* | *-*s*r* ) . /etc/lsb-release; printf '%s\n' "$DISTRIB_RELEASE" ;;
*-*i*) printf 'Ubuntu\n' ;;
*-*c*) printf 'precise\n' ;;
*) . /etc/lsb-release; printf '%s\n' "$DISTRIB_DESCRIPTION" ;;
esac
