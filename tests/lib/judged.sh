# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154
# Policies under which everything that names something is judged, and so is
# performed, or checked, by the broker: each call of `privctl calls` gets rules
# for its argument, and the two aliases as well. What is denied has a name that
# nothing has (where all is permitted, the filter asks nobody), so programs
# behave as if nothing were there. After tests/lib/e2e.sh:
#	judged_policy FILE HEADER ...
# writes such a policy for each header (`*/name` or a path). What a session
# cannot judge is permitted whole, and its calls are in $unjudged. Of 32-bit
# programs with judged_machine=i386, judged_emulation=linux32 and such a program.
judged_program=/bin/true # any, of that machine
judged_machine=
judged_emulation=native

# judged_calls: name and arguments of the calls that are bases
judged_calls() {
	"$BUILD/privctl" calls ${judged_machine:+-m "$judged_machine"} |
	    awk -F '\t' '
	NR > 1 && $1 == $3 && $2 != "-" && $5 != "-" { print $1 "\t" $5 }'
}

# judged_rules: those of each of them. Two paths are named both.
judged_rules() {
	judged_never='/nothing has such a name'
	for alias in fsread fswrite; do
		printf '\t%s-%s: filename eq "%s" then deny[eio]\n' \
		    "$judged_emulation" "$alias" "$judged_never"
		printf '\t%s-%s: filename match "/*" then permit\n' \
		    "$judged_emulation" "$alias"
	done
	judged_calls | awk -F '\t' -v never="$judged_never" \
	    -v emulation="$judged_emulation" '
	BEGIN {
		what["filename"] = what["source"] = what["target"] = \
		what["sockaddr"] = what["pidname"] = what["string"] = \
		what["sockdom"] = what["optname"] = what["request"] = 1
	}
	{
		n = split($2, arg, ",")
		test = no = ""
		for (i = 1; i <= n; i++)
			if (arg[i] ~ /^filename/) {
				test = test (test == "" ? "" : " and ") \
				    arg[i] " match \"/*\""
				no = arg[i]
			}
		for (i = 1; i <= n && test == ""; i++)
			if (arg[i] in what) {
				test = arg[i] " re \"\""
				no = arg[i]
			}
		if (test == "")
			next
		printf "\t%s-%s: %s eq \"%s\" then deny[eio]\n", \
		    emulation, $1, no, never
		printf "\t%s-%s: %s then permit%s\n", emulation, $1, test, \
		    $1 == "execve" && emulation == "native" ? "[inherit]" : ""
	}'
}

# judged_policy FILE HEADER ...
judged_policy() {
	judged_file=$1
	shift
	for header in "$@"; do
		printf 'Policy: %s, Emulation: %s\n\tDefault: permit\n' \
		    "$header" "$judged_emulation"
		judged_rules
	done >"$judged_file"
	unjudged=
	while judged_refusal; do
		line=${judged_line%%:*}
		call=$(sed -n "$line{s/^.*$judged_emulation-//;s/:.*//;p;}" \
		    "$judged_file")
		unjudged="$unjudged $call"
		head="$judged_emulation-$call:"
		sed -i -e "/^\t$head .*deny/d" \
		    -e "s/^\t$head .*/\t$head permit/" \
		    "$judged_file"
	done
}

# Does a session refuse the policy for a line? $judged_line is what it says.
judged_refusal() {
	{
		printf 'Policy: %s, Emulation: %s\n' "$judged_program" \
		    "$judged_emulation"
		sed -n '2,/^Policy:/{/^Policy:/d;p;}' "$judged_file"
	} >"$judged_file.try"
	judged_line=$("$privrun" -U -a -f "$judged_file.try" "$judged_program" 2>&1 \
	    >/dev/null </dev/null | sed -n "s,^.*$judged_file.try:,,p" |
	    sed 1q)
	rm -f "$judged_file.try"
	[ -n "$judged_line" ]
}
