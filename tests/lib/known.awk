# SPDX-License-Identifier: ISC
# Compares what operations gave natively and judged, but for those that
# tests/diff/known says end otherwise on purpose:
#	awk -v mode=user -v group=chmod -f known.awk known native judged
# Prints what differs, and "used N" for each of known's lines that was needed.
# A line of known: kinds of session, group, operation, "=>", how it ends when
# it is judged; `*` in any of them is any text.
function glob(text) {
	gsub(/[][\\.^$()|+?{}]/, "\\\\&", text)
	gsub(/\*/, ".*", text)
	return "^(" text ")$"
}
function fits(pattern, list,   n, i, one) {
	n = split(pattern, one, ",")
	for (i = 1; i <= n; i++)
		if (list ~ glob(one[i]))
			return 1
	return 0
}
function learn(   at, head, kinds, name) {
	at = index($0, " => ")
	if ($0 ~ /^#/ || !at)
		return
	kinds = $1
	name = $2
	if (!fits(kinds, mode) || !fits(name, group))
		return
	head = substr($0, 1, at - 1)
	sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]+/, "", head)
	count++
	line[count] = FNR
	what[count] = glob(head)
	ends[count] = glob(substr($0, at + 4) "*")
}
# An operation, without its number, and how it ended; the rest follows it.
function excused(op,   at, text, result, i) {
	sub(/^[^ ]+ /, "", op)
	at = index(op, " = ")
	while (index(substr(op, at + 3), " = "))	# "F = open ... = 3"
		at += 2 + index(substr(op, at + 3), " = ")
	if (!at)
		at = match(op, / (exit|signal|stopped) /)
	text = substr(op, 1, at - 1)
	result = substr(op, at + 1)
	sub(/^= /, "", result)
	sub(/^[A-Z]+ = /, "", text)
	for (i = 1; i <= count; i++)
		if (text ~ what[i] && result ~ ends[i]) {
			used[i] = 1
			return 1
		}
	return 0
}
FILENAME == ARGV[1] { learn(); next }
{ side = FILENAME == ARGV[2] ? 1 : 2 }
/^\t/ && n[side] { rest[side, n[side]] = rest[side, n[side]] $0 "\n"; next }
{ first[side, ++n[side]] = $0 }
END {
	most = n[1] > n[2] ? n[1] : n[2]
	for (i = 1; i <= most; i++) {
		if (first[1, i] == first[2, i] && rest[1, i] == rest[2, i])
			continue
		if (excused(first[2, i]))
			continue
		print "< " first[1, i] "\n" rest[1, i] "> " first[2, i] \
		    "\n" rest[2, i]
	}
	for (i in used)
		print "used " line[i]
}
