# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154,SC2317
# The commands of figures.tsv. Each measures once and prints one number: of times,
# nanoseconds. Those that make calls in a loop are given what kind of calls.

# looping KIND [COMMAND ...]: the loop, as that command runs a program
program=
looping() {
	kind=$1
	shift
	set -- "$@" "${program:-$dir/loop}"
	case $kind in
	open)	"$@" open 4000 "$dir/files/open" ;;
	opens)	"$@" open 20000 "$dir/files/open" ;;
	many)	"$@" -p 8 open 2000 "$dir/files/open" ;;
	times)	"$@" -t open 5000 "$dir/files/open" ;;
	secret)	"$@" open 4000 "$dir/files/secret" ;;
	nested)	"$@" open 2000 "$nested" ;;
	socket)	"$@" socket 300 ;;
	bind)	"$@" bind 2000 ;;
	*)	"$@" "$kind" 500000 ;;
	esac
}

native() {
	looping "$1"
}

# What is no call of the floor's runs under its filter, which allows it.
floor() {
	case $1 in
	socket|bind) call=$1 ;;
	*)	call=open ;;
	esac
	# shellcheck disable=SC2086 # an option or nothing
	looping "$1" "$dir/floor" $wakeup $call
}

traced() {
	looping "$1" strace -f --seccomp-bpf -e trace=openat -o /dev/null
}

# rules N KIND: root's session under a policy of so many rules, of which the last
# one permits
rules() {
	looping "$2" "$dir/privrun" -f "$dir/policy-$1" -a -c "$caller:$caller"
}

judged() {
	rules 20 "$1"
}

elevated() {
	rules elevating "$1"
}

# The user's own.
own() {
	looping "$1" as_caller "$dir/privrun" -f "$dir/policy-20" -a
}

# The daemon's.
served() {
	program=$dir/marked/loop
	looping "$1" as_caller "$instance/bin/privrun" -s "$dir/privd.sock"
}

# latency PERCENT: so many of the calls of a session of the daemon's take no
# longer, with what goes on beside it. One run a round tells all percentages.
latency() {
	times=$dir/times/$beside.$round
	[ -s "$times" ] || served times >"$times" || return 1
	awk -v percent="$1" '
	{ time[NR] = $1; n += $2; done[NR] = n }
	END {
		for (i = 1; done[i] < n * percent / 100; i++)
			continue
		print time[i]
	}' "$times"
}

# builds HOW: all of the project that project.awk writes, whatever compilers would
# have from the environment
builds() (
	cd "$dir/project" || exit 1
	case $1 in
	native)	set -- ;;
	confined) set -- "$dir/privrun" -U -a -f "$dir/policy-build" ;;
	learning)
		rm -rf learnt
		as_caller mkdir learnt || exit 1
		set -- "$dir/privrun" -A -d learnt ;;
	esac
	as_caller env -i PATH=/usr/local/bin:/usr/bin:/bin \
	    "$dir/start" -c 1 "$@" make -B -s -j "$cpus"
)

# captures HOW: packets a second
captures() {
	case $1 in
	native)	set -- ;;
	judged)	set -- "$dir/privrun" -f "$dir/policy-tcpdump" -a \
		    -c "$caller:$caller" ;;
	esac
	# As root it would give what it writes to, a device as well, to a user
	# of its own.
	"$dir/capture" $packets "$@" tcpdump -Z root -i lo -n -c $packets \
	    -w /dev/null
}
packets=200000

# starts HOW: of a program that does nothing
starts() {
	case $1 in
	plain)	as_caller "$dir/start" 10 "$dir/marked/true" ;;
	served)	as_caller "$dir/start" 10 "$instance/bin/privrun" \
		    -s "$dir/privd.sock" "$dir/marked/true" ;;
	embedded) "$dir/start" 10 "$dir/privrun" -f "$dir/policy-true" \
		    -c "$caller:$caller" "$true" ;;
	setpriv) "$dir/start" 10 setpriv --reuid "$caller" --regid "$caller" \
		    --clear-groups "$true" ;;
	bwrap)	as_caller "$dir/start" 10 bwrap --unshare-all \
		    --ro-bind / / --dev /dev --proc /proc "$true" ;;
	setuid)	as_caller "$dir/start" 10 "$dir/setuid" ;;
	doas|sudo) as_guest "$dir/start" 10 "$1" -n "$true" ;;
	esac
}

# What is left of them when the crowd has gone is asked for again.
crowd_memory() {
	cat "$dir/crowd.memory"
}

crowd_start() {
	awk -v last="$([ "$1" = last ] && echo 1)" '
	    { printf "%.1f\n", (last ? $3 : $2) * 1000 }' "$dir/crowd.out"
}

constant() {
	echo "$1"
}

# on_cpu COMMAND ...: with all that it starts on one CPU
on_cpu() (
	taskset -cp "$cpu" "$(exec sh -c 'echo $PPID')" >/dev/null || exit 1
	wakeup=$wakeup_pinned
	"$@"
)

# per_second COMMAND ...: what takes nanoseconds, as a rate
per_second() {
	"$@" >"$dir/one" && awk '{ printf "%.1f\n", 1e9 / $1 }' "$dir/one"
}

as_caller() {
	if $root; then
		setpriv --reuid "$caller" --regid "$caller" --clear-groups "$@"
	else
		"$@"
	fi
}

# with_etc COMMAND ...: where the caller may use doas and sudo
with_etc() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -c 'mount --bind "$0" /etc && exec "$@"' "$dir/etc" "$@"
}

as_guest() {
	with_etc setpriv --reuid "$caller" --regid "$caller" --clear-groups "$@"
}
