# SPDX-License-Identifier: ISC
# Samples to figures: the rows of bench.tsv. A pure function of its input; what it
# does and why is in README.md beside this.
#
#	awk -f statistics.awk FAILED FIGURES SAMPLES
#
# FAILED has a figure and a reason in each line; FIGURES is figures.tsv with the
# reason why a figure is skipped in place of what it needs, "-" for none; SAMPLES
# has a figure, a round, the subject's sample and the reference's, or "-".
BEGIN {
	FS = OFS = "\t"
	LEVEL = 0.95		# of confidence
	WIDTH = 0.05		# of the median: a wider interval says too little
	scale_of["us"] = 1e3	# samples of times are nanoseconds
	scale_of["ms"] = 1e6
	scale_of["s"] = 1e9
	print "name", "value", "unit", "ratio", "goal", "low", "high",
	    "verdict", "rounds", "why"
}

FILENAME == ARGV[1] { failed[$1] = $2; next }

FILENAME == ARGV[2] {
	name[++figures] = $1
	unit[$1] = $2
	goal[$1] = $3
	skipped[$1] = $4
	next
}

{
	n[$1]++
	subject[$1, n[$1]] = $3
	if ($4 == "-")
		next
	paired[$1] = 1
	ratio[$1, n[$1]] = $3 / $4
}

# sort SAMPLES KEY COUNT: those of one figure, into sorted[]; there are few.
function sort(samples, key, count,    i, j, x) {
	for (i = 1; i <= count; i++) {
		x = samples[key, i] + 0
		for (j = i; j > 1 && sorted[j - 1] > x; j--)
			sorted[j] = sorted[j - 1]
		sorted[j] = x
	}
}

function median(count) {
	return (sorted[int((count + 1) / 2)] + sorted[int(count / 2) + 1]) / 2
}

# Between the samples of which rank, from below and from above, the median of all
# that could be taken lies with that confidence. Whatever their distribution, each
# is below it with probability 1/2: how many are is binomial. 0: too few samples.
function rank(count,    k, below, log_probability) {
	log_probability = -count * log(2)
	for (k = 0; k < count; k++) {
		below += exp(log_probability)
		if (2 * below > 1 - LEVEL)
			return k
		log_probability += log((count - k) / (k + 1))
	}
	return 0
}

function number(x) {
	return sprintf(x >= 1000 ? "%.0f" : "%.4g", x)
}

function verdict(what, middle, k,    aim) {
	if (goal[what] == "-")
		return "-"
	if (k == 0 || sorted[n[what] + 1 - k] - sorted[k] >= WIDTH * middle)
		return "inconclusive"
	aim = substr(goal[what], 4) + 0
	if (goal[what] ~ /^>=/)
		return middle >= aim ? "met" : "missed"
	return middle <= aim ? "met" : "missed"
}

# A figure without reference is its value.
function figure(what,    scale, value, middle, k, low, high) {
	scale = unit[what] in scale_of ? scale_of[unit[what]] : 1
	sort(subject, what, n[what])
	value = middle = median(n[what])
	if (what in paired) {
		sort(ratio, what, n[what])
		middle = median(n[what])
	}
	k = rank(n[what])
	low = high = "-"
	if (k > 0) {
		low = bound(what, k, scale)
		high = bound(what, n[what] + 1 - k, scale)
	}
	print what, number(value / scale), unit[what],
	    what in paired ? number(middle) : "-", goal[what], low, high,
	    verdict(what, middle, k), n[what], "-"
}

function bound(what, i, scale) {
	return number(what in paired ? sorted[i] : sorted[i] / scale)
}

function absent(what, kind, why) {
	print what, "-", unit[what], "-", goal[what], "-", "-", kind,
	    n[what] + 0, why
}

END {
	for (i = 1; i <= figures; i++) {
		if (skipped[name[i]] != "-")
			absent(name[i], "skipped", skipped[name[i]])
		else if (name[i] in failed)
			absent(name[i], "failed", failed[name[i]])
		else if (!(name[i] in n))
			absent(name[i], "failed", "there was no time")
		else
			figure(name[i])
	}
}
