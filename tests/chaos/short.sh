#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Chaos for a moment, each time the same (tests/chaos/run): some torments, calls
# that something came of once, and a few others, by the seed.
cd "$(dirname "$0")/../.." || exit 1
exec sh tests/chaos/run -s 7 -t 1 -n 25 any reload monitor disk clock \
    connection:pidfd_getfd:0:EMFILE connection:recvmsg:0:ENOMEM \
    judge:addfd:0:ENOMEM logger:recvmsg:1:EAGAIN monitor:unlinkat:1:ENOMEM \
    monitor:clone:1:EAGAIN
