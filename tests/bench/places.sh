# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# What the subjects need, in one folder that goes with the run: programs, files,
# policies, a project, a daemon; and what is missing here, and why. For root it
# is a folder that nobody else can write into, as elevation wants it.
tools=$BUILD/tests/bench
instance=$BUILD/instance
caller=${BENCH_UID:-1000}
sessions=${BENCH_SESSIONS:-1000}
cpus=$(nproc)
# The first CPU that we may run on, unless told which.
cpu=${BENCH_CPU:-$(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//')}
root=false
tree=$(cd "$here/../.." && pwd) || exit 1
place=${BENCH_PLACE:-${TMPDIR:-/tmp}}
if [ "$(id -u)" -eq 0 ]; then
	root=true
	place=${BENCH_PLACE:-/var/lib}
fi
true=/usr/bin/true
[ -x $true ] || true=/bin/true
daemon_pid=

dir=$(mktemp -d "$place/privd-bench.XXXXXX") || exit 1
clean_up() {
	trap - EXIT
	exec 9>&-
	leave
	if [ -n "$daemon_pid" ]; then
		kill "$daemon_pid" 2>/dev/null
		wait "$daemon_pid" 2>/dev/null
	fi
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
dir=$(cd "$dir" && pwd -P) || exit 1
chmod 755 "$dir"
: >"$dir/lacks"

# lack WHAT WHY ...: figures that need it are skipped
lack() {
	printf '%s\t' "$1"
	shift
	printf '%s' "$*" | tr '\t\n' '  '
	echo
} >>"$dir/lacks"

# needs WHAT: does one of the figures that were chosen?
needs() {
	cut -f 4 "$dir/figures" | tr ' ' '\n' | grep -qx "$1"
}

# The programs where the caller reaches them and only we can change them.
make_programs() {
	cp "$BUILD/privrun" "$BUILD/tests/e2e/crowd" "$tools/loop" \
	    "$tools/floor" "$tools/start" "$tools/capture" "$dir" || exit 1
	mkdir "$dir/times" || exit 1
}

# Files to open; the way to $nested has thirty names, five of which are links.
make_files() {
	mkdir "$dir/files" || exit 1
	echo open >"$dir/files/open"
	echo secret >"$dir/files/secret"
	chmod 600 "$dir/files/secret"
	nested=$dir/files
	links=5
	while [ "$(echo "$nested" | tr -cd / | wc -c)" -lt 29 ]; do
		mkdir "$nested/folder"
		ln -s folder "$nested/link"
		[ $links -gt 0 ] && nested=$nested/link || nested=$nested/folder
		links=$((links - 1))
	done
	echo open >"$nested/open"
	nested=$nested/open
}

# denials N: rules that do not match, half of them of names, half of patterns
denials() {
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++) {
			what = "match \"/srv/bench/folder" i "/*\""
			if (i % 2)
				what = "eq \"/srv/bench/file" i "\""
			print "\tnative-fsread: filename " what " then deny"
		}
	}'
}

# policy PROGRAM RULES: that many rules, of which the last one matches
policy() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$1"
	denials $(($2 - 1))
	printf '\tnative-fsread: filename match "%s/files/*" then permit\n' \
	    "$dir"
}

# Twenty rules again, three of which elevate.
elevating_policy() {
	policy "$1" 17 | sed '$d'
	printf '\tnative-fsread: filename eq "%s" then permit as root\n' \
	    "$dir/files/secret"
	cat <<-'END'
		native-socket: sockdom eq "AF_PACKET" then permit with net_raw
		native-bind: sockaddr eq "inet-[0.0.0.0]:53" then permit as root
	END
	policy "$1" 1 | tail -n 1
}

make_policies() {
	for n in 10 20 10000; do
		policy "$dir/loop" $n >"$dir/policy-$n"
	done
	elevating_policy "$dir/loop" >"$dir/policy-elevating"
	policy "$true" 1 >"$dir/policy-true"
	# Wherever it is here.
	sed 's,^Policy: [^ ]*/,Policy: */,' "$tree/policies/usr_bin_tcpdump" \
	    >"$dir/policy-tcpdump"
	cp -R "$tree/policies/templates" "$dir" || exit 1
	sed -e "s,@PROJECT@,$dir/project,g" \
	    -e "s,Include: \",&$dir/templates/," \
	    "$here/build.policy" >"$dir/policy-build"
}

# A project in C, which the caller builds.
make_project() {
	for tool in make cc; do
		command -v $tool >/dev/null || {
			lack build "$tool is not installed"
			return
		}
	done
	mkdir "$dir/project"
	awk -v folder="$dir/project" -f "$here/project.awk" || exit 1
	! $root || chown -R "$caller:$caller" "$dir/project"
	builds native >"$dir/out" 2>&1 || lack build "$(cat "$dir/out")"
	"$dir/privrun" -A -V >"$dir/out" 2>&1 ||
	    lack learning "this privrun does not learn (-A)"
}

# marked PROGRAM POLICY: a copy of it which carries the mark
marked() {
	cp "$1" "$dir/marked/" &&
	    setcap cap_block_suspend=i "$dir/marked/${1##*/}" &&
	    elevating_policy "$dir/marked/${1##*/}" >"$dir/policies/${1##*/}"
}

# A daemon beside any other, and programs that its policies elevate.
start_daemon() {
	if ! $root; then
		lack daemon 'not root'
		return
	fi
	as_caller test -x "$instance/bin/privrun" || {
		lack daemon "uid $caller cannot reach $instance"
		return
	}
	mkdir "$dir/policies" "$dir/marked"
	for file in "$true" "$dir/loop" "$BUILD/tests/e2e/steps"; do
		marked "$file" 2>"$dir/out" || {
			lack daemon "no mark: $(cat "$dir/out")"
			return
		}
	done
	getcap "$instance/bin/privrun" | grep -q cap_block_suspend || {
		lack daemon 'privrun could not be given the guard here'
		return
	}
	cat >"$dir/privd.conf" <<-END
		policies "$dir/policies"
		socket "$dir/privd.sock"
		max-connections-per-second 100000
		max-sessions $((sessions * 2 + 100))
		max-sessions-per-user $((sessions * 2 + 100))
	END
	"$instance/sbin/privd" -d -f "$dir/privd.conf" >"$dir/daemon" 2>&1 \
	    </dev/null &
	daemon_pid=$!
	until_true 10 test -S "$dir/privd.sock"
	as_caller "$instance/bin/privrun" -s "$dir/privd.sock" \
	    "$dir/marked/true" || die "no session: $(cat "$dir/daemon")"
}

# A copy of /etc in which the caller may use doas and sudo, for those whom
# with_etc starts; the machine's own stays as it is.
make_etc() {
	if ! $root || ! cp -a /etc "$dir/etc" 2>/dev/null; then
		return
	fi
	grep -q "^[^:]*:[^:]*:$caller:" "$dir/etc/passwd" ||
	    echo "bench:x:$caller:$caller::/:/bin/sh" >>"$dir/etc/passwd"
	user=$(awk -F : -v id="$caller" '$3 == id { print $1; exit }' \
	    "$dir/etc/passwd")
	grep -q "^$user:" "$dir/etc/shadow" ||
	    echo "$user:*:19000:0:99999:7:::" >>"$dir/etc/shadow"
	echo "permit nopass $user" >"$dir/etc/doas.conf"
	echo "$user ALL=(ALL) NOPASSWD: ALL" >"$dir/etc/sudoers"
	rm -rf "$dir/etc/sudoers.d"
	chmod 400 "$dir/etc/doas.conf" "$dir/etc/sudoers"
}

# other WHAT COMMAND ...: it is there, and does what it is to be compared at
other() {
	what=$1
	shift
	if ! command -v "$what" >/dev/null; then
		lack "$what" "$what is not installed"
	elif ! "$@" >"$dir/out" 2>&1; then
		lack "$what" "$what cannot be used here:" \
		    "$(head -n 1 "$dir/out")"
	fi
}

traced_once() {
	strace -f --seccomp-bpf -e trace=openat -o /dev/null "$true"
}

make_setuid() {
	cp "$true" "$dir/setuid"
	chmod 4755 "$dir/setuid"
	! findmnt -n -o OPTIONS -T "$dir" 2>/dev/null | grep -q nosuid ||
	    lack setuid "$place is mounted nosuid"
}

make_network() {
	if [ "${BENCH_INSIDE-}" != net ]; then
		lack net 'no network namespace can be made here'
	elif ! ip link set lo up 2>"$dir/out"; then
		lack net "no loopback here: $(cat "$dir/out")"
	fi
}

make_places() {
	$root || lack root 'not root'
	[ "$sessions" -gt 0 ] || lack crowd 'BENCH_SESSIONS is 0'
	make_programs
	make_files
	make_policies
	! needs net || make_network
	! needs build || make_project
	! needs daemon || start_daemon
	# What users would pick instead.
	! needs strace || other strace traced_once
	! needs doas && ! needs sudo || make_etc
	for what in doas sudo bwrap; do
		! needs $what || other $what starts $what
	done
	! needs setuid || make_setuid
	! needs tcpdump || other tcpdump tcpdump --version
}
