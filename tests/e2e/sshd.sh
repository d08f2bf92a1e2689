#!/bin/sh
# SPDX-License-Identifier: ISC
#
# sshd that root starts under the shipped policy lets users in, each as what
# he is, with terminals and files; whom it does not, and where it neither
# listens nor connects, is the policy's word whatever its settings say. In
# namespaces of its own: its folders are empty ones.
# shellcheck disable=SC2317	# check and until_true call functions
# shellcheck disable=SC2016	# what stands in single quotes is for other shells
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs unshare ip mount sshd ssh sftp ssh-keygen
own_netns "$0" "$@"
if [ "${SSHD_INSIDE-}" != 1 ]; then
	unshare -m true 2>/dev/null || skip_all "no mount namespaces here"
	clean_up
	SSHD_INSIDE=1 exec unshare -m sh "$0"
fi
sshd=$(readlink -f "$(command -v sshd)")
policy=policies/usr_sbin_sshd
server=
for folder in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh; do
	[ ! -x "$folder/sftp-server" ] || server=$folder/sftp-server
done
for folder in /etc/ssh /run /var/log; do
	mount -t tmpfs -o mode=755 tmpfs "$folder" ||
	    skip_all "nothing can be mounted here"
done
mkdir /run/sshd /etc/ssh/keys
for file in wtmp btmp lastlog; do
	: >"/var/log/$file"
done
make_user
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
ssh-keygen -q -t ed25519 -N '' -f "$T/key"
mkdir "$user_home/.ssh"
cp "$T/key.pub" "$user_home/.ssh/authorized_keys"
cp "$T/key.pub" /etc/ssh/keys/root
chown -R "$user:$user" "$user_home/.ssh"
chmod 700 "$user_home/.ssh"

# start_sshd: further settings come from standard input.
start_sshd() {
	{
		cat
		cat <<-EOF
		Port 22
		ListenAddress 127.0.0.1
		HostKey /etc/ssh/ssh_host_ed25519_key
		PidFile /run/sshd.pid
		AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u
		PermitRootLogin yes
		PasswordAuthentication no
		UsePAM yes
		EOF
	} >/etc/ssh/sshd_config
	[ -z "$server" ] || echo "Subsystem sftp $server" >>/etc/ssh/sshd_config
	: >"$T/log"
	"$privrun" -U -a -E "$T/log" -f "$policy" "$sshd" -D -e \
	    >"$T/out" 2>&1 </dev/null &
	session=$!
	remember $session
	until_true 20 is_listening || show "$T/out"
}

is_listening() {
	[ -s /run/sshd.pid ] && grep -q "Server listening" "$T/out"
}

stop_sshd() {
	kill "$(cat /run/sshd.pid)" 2>/dev/null
	wait $session
	same "$1" "${2:-0}" $?
	forget $session
}

options="-q -F none -i $T/key -o StrictHostKeyChecking=no -o BatchMode=yes
    -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=publickey"

# in_as USER [OPTION ...] COMMAND ...
in_as() {
	whom=$1
	shift
	# shellcheck disable=SC2086 # a list of words
	timeout 30 ssh $options -l "$whom" "$@" </dev/null 2>"$T/err" |
	    tr -d '\r'
}

start_sshd </dev/null
same "a user is let in as what he is" "$user_uid $user_gid $user" \
    "$(in_as "$user" 127.0.0.1 'echo $(id -u) $(id -g) $(id -Gn)')"
same "at home" "$user_home" "$(in_as "$user" 127.0.0.1 pwd)"
same "his command's status is his" 7 "$(in_as "$user" 127.0.0.1 \
    '(exit 7); echo $?')"
in_as "$user" 127.0.0.1 'umask 077; echo text >made; cat /etc/shadow >stolen'
same "what he makes is his" "$user:$user 600 text" \
    "$(stat -c '%U:%G %a' "$user_home/made") $(cat "$user_home/made")"
refute "what is root's stays root's" test -s "$user_home/stolen"
like "he has a terminal" "^/dev/pts/[0-9]* $user tty$" \
    "$(in_as "$user" -tt 127.0.0.1 \
    'echo $(tty) $(stat -c "%U %G" $(tty))')"
same "and no rights to gain" "1" "$(in_as "$user" 127.0.0.1 \
    'sed -n "s/NoNewPrivs:.//p" /proc/self/status')"
if [ -n "$server" ]; then
	echo "put $T/key.pub sent" >"$T/batch"
	# shellcheck disable=SC2086 # a list of words
	timeout 30 sftp $options -b "$T/batch" "$user@127.0.0.1" \
	    >"$T/sftp" 2>&1 </dev/null
	same_files "files are sent" "$T/key.pub" "$user_home/sent"
else
	skip 1 "there is no sftp-server here"
fi
same "nothing of it is denied" "" "$(cat "$T/log")"

# Its settings would let all of this happen.
in_as root 127.0.0.1 "echo text >$T/root"
refute "root is not let in" test -e "$T/root"
in_as "$user" -W 127.0.0.1:22 127.0.0.1 >"$T/forwarded"
same "nothing is forwarded" "" "$(cat "$T/forwarded")"
log_says "as the log says" "deny user: $user, .*sockaddr: inet-.127.0.0.1.:22"
stop_sshd "it ends when it is told to"

start_sshd <<EOF
Port 2222
EOF
log_says "it listens nowhere else" \
    "deny user: root, .*native-bind.*inet-.127.0.0.1.:2222"
same "and still lets users in" "$user" "$(in_as "$user" 127.0.0.1 id -un)"
stop_sshd "until it ends"

# Another chroot, of a user who is chrooted, is none that the policy names.
mkdir -m 755 "$T/chroot"
start_sshd <<EOF
Match User $user
ChrootDirectory $T/chroot
Match All
EOF
same "another chroot is none" "" "$(in_as "$user" 127.0.0.1 id -un)"
log_says "as the log says, too" "^privrun: deny user: root, .*line: default"
stop_sshd "and it ends"

# What the policy alone refused: the same settings with other rules.
sed -e 's/, if user != root$//' policies/usr_sbin_sshd >"$T/policy"
echo '	native-connect: sockaddr re ":22$" then permit' >>"$T/policy"
policy=$T/policy
start_sshd </dev/null
in_as root 127.0.0.1 "echo text >$T/root"
check "with a rule for it root is let in" test -s "$T/root"
in_as "$user" -W 127.0.0.1:22 127.0.0.1 >"$T/forwarded"
like "and ports are forwarded" "^SSH-2.0" "$(cat "$T/forwarded")"
stop_sshd "until it ends, too"
done_testing
