#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The examples of privrun(1) and privd(8): each command is run as it stands
# there, and prints what stands below it. In a mount namespace, where what they
# name is the test's.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_spaces "$0" "$@"
need_daemon
make_user
instance=$BUILD/instance
cp /usr/bin/head "$trusted/head"
for folder in etc/privd/policies run lib/privd; do
	mkdir -p "$instance/$folder"
	mount -t tmpfs -o mode=755 tmpfs "$instance/$folder" ||
	    skip_all "nothing can be mounted"
done
mount --bind "$trusted/head" /usr/bin/head
mount -t tmpfs -o mode=755 tmpfs /var/log
echo "a line" >/var/log/messages
chmod 600 /var/log/messages
PATH=$instance/bin:$instance/sbin:$PATH
export PATH

# blocks PAGE: a file for each, "KIND NAME" in a line for each
blocks() {
	awk -v tmp="$T" '
	/^\.\\" example: / { kind = $3; name = $4; print kind, name; next }
	/^\.Bd/ && kind != "" { inside = 1; next }
	/^\.Ed/ { inside = 0; kind = ""; next }
	inside { gsub(/\\&/, ""); gsub(/\\e/, "\\"); print >(tmp "/" name) }' "$1" |
	    grep -e '^run ' -e '^policy '
}
# Where things are here.
here() {
	sed "s,/etc/privd,$instance/etc/privd,g"
}
# run USER COMMAND
run() {
	cd "$T" || return 1
	if [ "$1" = root ]; then
		sh -c "$2"
	else
		as_user "$1" sh -c "$2"
	fi
	cd "$OLDPWD" || return 1
}
# one WHAT COMMAND WANTED: "# ..." or "$ ..."; each line that is wanted is there,
# and there are no others.
one() {
	case $2 in
	'# '*)	who=root ;;
	*)	who=$user ;;
	esac
	run "$who" "$(printf '%s\n' "${2#? }" | here)" >"$T/out" 2>&1 </dev/null
	here <"$3" >"$T/wanted"
	same "$1: ${2#? }" "$(grep -c '' "$T/wanted")" "$(grep -c '' "$T/out")"
	while IFS= read -r line; do
		pattern=$(printf '%s\n' "$line" | sed 's/[][\\.*^$]/\\&/g;
		    s/\\\.\\\.\\\./.*/g')
		like "$1: ${2#? }: it prints that" "^$pattern\$" \
		    "$(cat "$T/out")"
	done <"$T/wanted"
}
# session WHAT FILE
session() {
	awk -v out="$2." '
	/^[#$] / { if (file) close(file); file = out (++i)
		print >(file ".command"); printf "" >file; next }
	{ print >file }' "$2"
	i=1
	while [ -f "$2.$i.command" ]; do
		one "$1" "$(cat "$2.$i.command")" "$2.$i"
		i=$((i + 1))
	done
}

for page in privrun.1 privd.8; do
	blocks "man/$page" >"$T/list"
	while read -r kind name <&3; do
		case $kind in
		policy)	cp "$T/$name" "$instance/etc/privd/policies"
			chmod 644 "$T/$name" ;;
		*)	session "$page $name" "$T/$name" ;;
		esac
	done 3<"$T/list"
	ok "$(grep -q '^run ' "$T/list"; echo $?)" "$page: there are examples"
done
done_testing
