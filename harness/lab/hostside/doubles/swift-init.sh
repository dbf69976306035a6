#!/bin/sh
. /opt/deployday-lab/lib.sh
# Of real effect: the lab stops and starts the servers themselves.
ask swift-init "$@"
