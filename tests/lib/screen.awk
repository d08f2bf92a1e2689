# SPDX-License-Identifier: ISC
#
# The last screen of a program that script(1) recorded under TERM=vt100, as
# plain lines: as much of a terminal as curses needs for a table.

function clear_from(row, i)
{
	screen[row] = substr(screen[row], 1, col - 1)
	for (i = row + 1; i <= ROWS; i++)
		screen[i] = ""
}

function put(ch, line)
{
	line = screen[row]
	while (length(line) < col - 1)
		line = line " "
	screen[row] = substr(line, 1, col - 1) ch substr(line, col + 1)
	col++
}

function text(s, i, ch)
{
	for (i = 1; i <= length(s); i++) {
		ch = substr(s, i, 1)
		if (ch == "\r")
			col = 1
		else if (ch == "\n")
			row++
		else if (ch == "\b")
			col--
		else if (ch >= " ")
			put(ch)
	}
}

# One control sequence: its last letter, and its numbers.
function control(letter, args, part, n)
{
	split(args, part, ";")
	n = part[1] == "" ? 1 : part[1] + 0
	if (letter == "H") {
		row = n
		col = part[2] == "" ? 1 : part[2] + 0
	} else if (letter == "A")
		row -= n
	else if (letter == "B")
		row += n
	else if (letter == "C")
		col += n
	else if (letter == "D")
		col -= n
	else if (letter == "J")
		clear_from(row)
	else if (letter == "K")
		screen[row] = substr(screen[row], 1, col - 1)
}

BEGIN {
	RS = "\033"
	ROWS = 60
	row = col = 1
}

NR == 1 || over {	# script's own line, and what follows the program
	next
}

match($0, /^\[[?0-9;]*[A-Za-z]/) {
	if (substr($0, 1, RLENGTH) == "[?1l")
		over = 1
	control(substr($0, RLENGTH, 1), substr($0, 2, RLENGTH - 2))
	if (!over)
		text(substr($0, RLENGTH + 1))
	next
}

{	# a character set takes a letter more than a mode
	text(substr($0, /^[()]/ ? 3 : 2))
}

END {
	for (i = 1; i <= ROWS; i++)
		if (screen[i] ~ /[^ ]/)
			print screen[i]
}
