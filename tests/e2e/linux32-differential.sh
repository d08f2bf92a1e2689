#!/bin/sh
# SPDX-License-Identifier: ISC
# Differential truth for 32-bit programs: the operations of differential.sh
# by one, natively and under a policy for linux32 that judges every call.
DIFF_I386=1 exec "$(dirname "$0")/differential.sh"
