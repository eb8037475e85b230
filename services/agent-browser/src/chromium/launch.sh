#!/bin/sh
# Becomes Chromium. Root gets another user id first, because Chromium keeps its sandbox on for everybody else only.
if [ "$(id -u)" = 0 ]; then
  exec unshare --user --map-user=65534 --map-group=65534 -- setpriv --pdeathsig KILL -- "$SWITCHBOARD_CHROMIUM" "$@"
fi
exec setpriv --pdeathsig KILL -- "$SWITCHBOARD_CHROMIUM" "$@"
