#!/bin/sh
# SPDX-License-Identifier: ISC
# privd with `require-signature yes`: what is not signed as it should be is not in
# force, what was in force stays, and each serial is used up by what comes into
# force alone. In namespaces with /etc and /var/lib of their own.
# shellcheck disable=SC2317	# check calls start
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
own_spaces "$0" "$@"

need_programs openssl
# shellcheck source=tests/lib/etc.sh
. tests/lib/etc.sh
privctl=$BUILD/privctl
policies=/etc/privd/policies
socket=$T/run/socket
mkdir -p $policies /var/lib/privd "$T/run"
mount -t tmpfs tmpfs /run || skip_all "nothing can be mounted here"
cat >"$T/privd.conf" <<END
policies "$policies"
socket "$socket"
require-signature yes
END
cd "$T/work" || exit 1
"$privctl" keygen boss.key >out || exit 1

# policy NAME USER: what that user may
policy() {
	cat >"$policies/$1" <<-END
	Policy: /opt/$1, Emulation: native
		native-fsread: filename eq "/opt/secret" then permit as root, \\
		    if user = $2
	END
}
# sign NAME [SERIAL]
sign() {
	"$privctl" sign -k boss.key ${2:+-s "$2"} "$policies/$1" >out ||
	    show out
}
start() {
	"$BUILD/privd" -d -f "$T/privd.conf" >>"$T/log" 2>&1 </dev/null &
	privd=$!
	remember "$privd"
	until_true 10 "$privctl" -s "$socket" status >out 2>&1
}
stop() {
	kill -TERM "$privd"
	wait "$privd"
	forget "$privd"
}
# reload: its exit status, and the first error
reload() {
	"$privctl" -s "$socket" reload >out 2>&1
	echo "exit $?" >>out
	sed -n "s,^.*$policies/\([^:]*:.*\)$,\1,p; \$p" out | tr '\n' ' ' |
	    sed 's/ $//'
}
# in_force: how many rules are, for root
in_force() {
	"$privctl" -s "$socket" list >out 2>&1
	lines out /opt/secret
}
serial() {
	sed -n 's,^\([0-9]*\) .*/opt/a$,\1,p' /var/lib/privd/serials
}
# refused WHAT REASON: and the one policy there was is in force still
refused() {
	like "$1" "$2.*exit 1" "$(reload)"
	same "$1: what was in force stays" 1 "$(in_force)"
}

policy a 0
sign a 100
check "it starts" start
same "the serial is used up" 100 "$(serial)"
same "its rule is in force" 1 "$(in_force)"

policy b 0
refused "one that is not signed" "b:0:0: not signed"
cp "$policies/a.sig" "$policies/b.sig"
refused "a signature of another" "b:0:0: its content is not what was signed"
rm "$policies/b" "$policies/b.sig"
mv "$policies/a.sig" a.sig
sed -e 's/^\(signature: .\)x/\1y/;t' -e 's/^\(signature: .\)./\1x/' a.sig \
    >"$policies/a.sig"	# one letter in 64 is an x already
refused "a flipped byte of it" "a.sig"
mv a.sig "$policies/a.sig"
cp "$policies/a" a
sed 's/fsread/fswrite/' a >"$policies/a"
refused "another content" "a:0:0: its content is not what was signed"
cp a "$policies/a"
sign a 99
refused "an older serial" "serial 99 is older than 100"
sign a 100
same "and as it was" "exit 0" "$(reload)"
chmod 777 "$policies"
"$privctl" -s "$socket" reload >out 2>&1
same "a folder that others can write" "1" $?
like "for that reason" "can be written by others than root" "$(cat out)"
chmod 755 "$policies"
same "what was in force stays" 1 "$(in_force)"

# What is only looked at, or fails, uses nothing up.
policy a 1
sign a 200
"$BUILD/privd" -n -f "$T/privd.conf" >out 2>&1
refute "a newer one is fine" grep policies out
same "which is all that -n says" 100 "$(serial)"
policy b 0
refused "one beside it is not" "b:0:0: not signed"
same "nothing is used up" 100 "$(serial)"
rm "$policies/b"
"$BUILD/privd" -d -f "$T/privd.conf" >out 2>&1 </dev/null
like "nor by a second privd" "another privd listens" "$(cat out)"
same "which is not in force" 100 "$(serial)"
same "then it is accepted" "exit 0" "$(reload)"
same "and used up" 200 "$(serial)"
"$privctl" -s "$socket" list >out
same "and in force, for another user" 1 "$(lines out "user = 1")"
stop
sign a 150
"$BUILD/privd" -d -f "$T/privd.conf" >out 2>&1 </dev/null
same "none starts with an older one" 1 $?
like "for that reason" "serial 150 is older than 200" "$(cat out)"
sign a 200
check "but with the last" start
stop
done_testing
