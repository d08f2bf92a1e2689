# SPDX-License-Identifier: ISC
# How many of the calls took longer than so many microseconds, in the three states;
# sessions is how many waited.
width = 900
height = 560
load here."/terminal.gp"

set title "An open by a session of the daemon's"
set xlabel "microseconds, open and close"
set ylabel "calls that took longer"
set logscale xy
set grid y
set yrange [1:0.0001]
set ytics ("half: p50" 0.5, "10 %%" 0.1, "1 %%: p99" 0.01, "0.1 %%: p99.9" 0.001, \
    "0.01 %%" 0.0001)
set key top left
set datafile missing "-"

plot work."/none" with lines linewidth 2 linecolor rgb "#2b7a4b" title "alone", \
    work."/busy" with lines linewidth 2 linecolor rgb "#c0392b" \
    title "beside 8 that are busy", \
    work."/crowd" with lines linewidth 2 linecolor rgb "#2471a3" \
    title "beside ".sessions." that wait"
