# SPDX-License-Identifier: ISC
# Where it is drawn: kind is svg or png, out the file.
if (kind eq "svg") {
	set terminal svg size width,height background "white" \
	    font "sans,13" enhanced
} else {
	set terminal pngcairo size width,height background "white" \
	    font "sans,10" enhanced
}
set output out
set border 3 linecolor "gray40"
set tics nomirror out textcolor "gray20"
set grid x linetype 1 linecolor "gray85"
