# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# What explain says, and doing it. After tests/lib/control.sh:
#	explain USER [WORD ...]	into $T/out
#	of NAME			of the newest refusal there
#	policy [LINE ...]	of $program: all is permitted but that
#	permit			the rule that was shown goes where that says
explain() {
	ctl "$1" explain --json >"$T/out" 2>&1
}

of() {
	json "v[0]['$1']"
}

# It elevates something, so that its programs are the daemon's.
policy() {
	{
		echo "Policy: $program, Emulation: native"
		echo "	Default: permit"
		echo "	native-execve: deny"
		echo "	native-fsread: filename eq \"$folder/secret\" then permit as root"
		printf '%s\n' "$@"
	} >"$daemon_policies/${program##*/}"
}

# Before a line of a file, or to its end; and then it is in force.
permit() {
	of permit >"$T/rule"
	file=$(of file)
	line=$(of where | sed -n 's/.*before line \([0-9]*\).*/\1/p')
	case $(of where) in
	"$file, in the policy for $program"*) ;;
	*)	return 1 ;;
	esac
	if [ -n "$line" ]; then
		head -n $((line - 1)) "$file"
		sed 's/^/	/' "$T/rule"
		tail -n +"$line" "$file"
	else
		cat "$file"
		sed 's/^/	/' "$T/rule"
	fi >"$T/new"
	cat "$T/new" >"$file"
	ctl root reload
}
