#!/bin/sh
# Becomes Chromium, in the network that is meant for it; the kernel ends it with the agent.
# The words of SWITCHBOARD_ENTER are apart: it is made of switches and numbers.
exec $SWITCHBOARD_ENTER setpriv --pdeathsig KILL -- "$SWITCHBOARD_CHROMIUM" "$@"
