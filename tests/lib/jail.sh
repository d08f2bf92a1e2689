#!/bin/sh
# SPDX-License-Identifier: ISC
# jail.sh FOLDER COMMAND [ARGUMENT ...]: runs a command where only the folder
# can be written, loopback is the whole network, and no process of the machine
# is to be seen: what tries the impossible as root must not succeed. To be
# started in namespaces of its own:
#	unshare -m -p -f --mount-proc -u -i -n --kill-child sh jail.sh ...
set -u
folder=$1
shift
mount --make-rprivate / || exit 125
mount --bind "$folder" "$folder" || exit 125
# the last mounted of a place is the one that is seen
awk '{ print $5 }' /proc/self/mountinfo | sort -u | while read -r place; do
	case $place in
	/proc|"$folder") continue ;;
	esac
	mount -o remount,bind,ro "$(printf %b "$place")" 2>/dev/null || :
done
for place in / /etc /usr /dev /tmp /root; do
	[ ! -w "$place" ] || [ "$place" = "$folder" ] || {
		echo "jail.sh: $place can still be written" >&2
		exit 125
	}
done
ip link set lo up || exit 125
# Stays, as the first process of its namespace: signals do not reach it.
"$@"
