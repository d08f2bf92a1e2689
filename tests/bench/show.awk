# SPDX-License-Identifier: ISC
# bench.tsv for people: a table, and a line for each figure that is not in it.
BEGIN { FS = "\t" }

function line(a, b, c, d, e, f, g, h,    text) {
	text = sprintf("%-29s %9s %-9s %7s  %-16s %-7s  %6s  %s", a, b, c, d, e,
	    f, g, h)
	sub(/ +$/, "", text)
	print text
}

NR == 1 { next }

$8 == "skipped" || $8 == "failed" {
	absent[++n] = $8 ": " $1 ": " $10
	next
}

{
	if (!rows++)
		line("figure", "value", "", "ratio", "95 % interval", "goal",
		    "rounds", "")
	line($1, $2, $3, $4, $6 == "-" ? "-" : $6 " to " $7, $5, $9,
	    $8 == "-" ? "" : $8)
}

END {
	for (i = 1; i <= n; i++)
		print absent[i]
}
