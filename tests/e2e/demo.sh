#!/bin/sh
# SPDX-License-Identifier: ISC
# The demo shows what the README promises; its status says if it did.
here=$(dirname "$0")
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # skip needs root"
	exit 0
fi
echo 1..1
if out=$("$here/../demo.sh" 2>&1); then
	echo "ok 1 - the demo"
else
	echo "not ok 1 - the demo"
	echo "$out" | sed 's/^/# /'
	exit 1
fi
