# SPDX-License-Identifier: ISC
# Each figure's ratio by its goal, with its interval. In work."/goals": place, name,
# middle, low, high, verdict.
goals = work."/goals"
set datafile separator "\t"
stats goals using 1 nooutput
width = 900
height = 120 + 26 * STATS_records
load here."/terminal.gp"

set xlabel "ratio by its goal: met up to 1"
set logscale x 2
set xtics ("1/16" 0.0625, "1/8" 0.125, "1/4" 0.25, "1/2" 0.5, "1" 1, "2" 2, \
    "4" 4, "8" 8, "16" 16)
set yrange [0.3:STATS_records + 0.7]
set ytics noenhanced
set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead \
    linecolor "gray20" linewidth 1.5
set key above horizontal noenhanced \
    title "What privd costs, by what it may cost"

of(kind) = strcol(6) eq kind ? column(3) : NaN
plot for [i = 1:3] goals \
    using (of(word("met missed inconclusive", i))):1:4:5:ytic(2) \
    with xerrorbars pointtype 7 pointsize 0.8 linewidth 1.5 \
    linecolor rgb word("#2b7a4b #c0392b #d68910", i) \
    title word("met missed inconclusive", i)
