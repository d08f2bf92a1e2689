/* SPDX-License-Identifier: ISC */
/*
 * What a regular expression costs, before it is compiled. The C library writes
 * repetitions out, and lists for each place from which there are several ways
 * on all places that these lead to: memory and time grow with the size of the
 * whole and with the square of the number of ways. Measured with glibc: some
 * KiB, 120 bytes for each element and 10 for each pair of ways, more of these
 * the more anchors there are, which cost most where they follow each other.
 * Where what is repeated may be nothing there is no such bound.
 */
#include "internal.h"

#include <ctype.h>
#include <string.h>

#define SIZE_MOST 10000   /* elements, written out */
#define STEPS_MOST 50000  /* of 120 bytes */
#define STEPS_FIXED 50    /* of any expression */
#define PAIRS_PER_STEP 12 /* of ways */

struct extent {
	unsigned long size;
	unsigned long ways;
	unsigned long anchors; /* what is looked at, and takes no byte */
	unsigned long chain;   /* as many of these may follow each other */
	bool empty;            /* it may be nothing */
};

/* What stands before a place. */
struct passed {
	bool any; /* but `^` */
	bool end; /* a `$` */
};

/* A group, or the whole. */
struct level {
	struct extent all;     /* empty: up to the last, of this alternative */
	unsigned long chain;   /* that the next would make longer */
	bool any;              /* another alternative may be nothing */
	struct passed outside; /* before the group */
	struct passed passed;  /* this one, in each way */
	struct passed others;  /* at the ends of other alternatives */
};

struct measure {
	struct level levels[POLICY_NESTING_MAX + 1];
	struct level *level;
	struct extent last; /* what a repetition would repeat */
};

static void
begin(struct level *level)
{
	memset(level, 0, sizeof(*level));
	level->all.empty = true;
}

static void
add(struct extent *to, const struct extent *more)
{
	to->size += more->size;
	to->ways += more->ways;
	to->anchors += more->anchors;
}

/* The one before it will not be repeated. */
static void
add_last(struct measure *m, const struct extent *next)
{
	unsigned long chain;

	m->level->all.empty = m->level->all.empty && m->last.empty;
	m->last = *next;
	add(&m->level->all, next);
	chain = m->level->chain + next->chain;
	if (chain > m->level->all.chain)
		m->level->all.chain = chain;
	m->level->chain = next->empty ? chain : next->chain;
}

static void
pass(struct passed *to, const struct passed *more)
{
	to->any = to->any || more->any;
	to->end = to->end || more->end;
}

static void
end_alternative(struct measure *m)
{
	struct level *level = m->level;

	level->any = level->any || (level->all.empty && m->last.empty);
	level->all.empty = true;
	level->chain = 0;
	pass(&level->others, &level->passed);
	level->passed = level->outside;
	m->last = (struct extent){ .empty = true };
}

static unsigned long
steps_of(const struct extent *all)
{
	unsigned long square = all->chain * all->chain;

	return square * square + STEPS_FIXED + all->size +
	    all->ways * all->ways * (1 + 4 * all->anchors) / PAIRS_PER_STEP;
}

static bool
is_too_much(const struct extent *all)
{
	return all->size > SIZE_MOST || all->ways > SIZE_MOST ||
	    all->anchors > SIZE_MOST || steps_of(all) > STEPS_MOST;
}

static const char *
repeat(struct measure *m, const struct extent *more, bool often)
{
	if (often && m->last.empty && m->last.size > 0)
		return "what may be nothing is repeated";
	/* glibc forgets where it stood the second time: ((^).)+$ is all. */
	if (often && m->last.anchors > 0)
		return "an anchor is repeated";
	add(&m->level->all, more);
	add(&m->last, more);
	m->last.empty = m->last.empty || more->empty;
	if (more->empty)
		m->level->chain = m->level->all.chain;
	return NULL;
}

/* {n}, {n,} or {n,m}: what stands before it, so many times. */
static const char *
measure_count(struct measure *m, const char *text, size_t *i)
{
	unsigned long n = 0, most = 1, least = 0;
	struct extent more;
	bool open = false;

	for ((*i)++; text[*i] != '\0' && text[*i] != '}'; (*i)++) {
		if (isdigit((unsigned char)text[*i])) {
			n = n < 100000 ? n * 10 + (text[*i] - '0') : n;
		} else {
			least = n;
			n = 0;
			open = true;
		}
		if (n > most)
			most = n;
	}
	if (text[*i] == '\0')
		(*i)--;
	/* As often as it may be left out there is another way. */
	more.size = m->last.size * most;
	more.ways = m->last.ways * most + (open ? most : 0);
	more.anchors = more.chain = 0;
	more.empty = open && least == 0;
	return repeat(m, &more, true);
}

/*
 * glibc takes what stands behind or before a newline for a beginning or an end
 * wherever it goes on from one byte to the next: so there the value has none.
 */
static const char *
pass_atom(struct level *level, bool begins, bool ends)
{
	if (begins && level->passed.any)
		return "something stands before \"^\"";
	if (!ends && level->passed.end)
		return "something stands behind \"$\"";
	level->passed.any = level->passed.any || !begins;
	level->passed.end = level->passed.end || ends;
	return NULL;
}

static const char *
measure_atom(struct measure *m, const char *text, size_t *i)
{
	struct extent atom = { .size = 1 };
	bool begins = false, ends = false;

	if (text[*i] == '\\') {
		if (text[*i + 1] >= '1' && text[*i + 1] <= '9')
			return "back references are not part of the language";
		if (text[*i + 1] != '\0')
			(*i)++;
		atom.anchors = strchr("bB<>`'", text[*i]) != NULL;
	} else if (text[*i] == '[') {
		*i = bracket_end(text, *i);
		if (text[*i] == '\0')
			(*i)--;
	} else { /* $HOME and its like are text */
		begins = text[*i] == '^';
		ends = text[*i] == '$' && !isupper((unsigned char)text[*i + 1]);
		atom.anchors = begins || ends;
	}
	atom.chain = atom.anchors;
	atom.empty = atom.anchors > 0;
	add_last(m, &atom);
	return pass_atom(m->level, begins, ends);
}

static const char *
measure_open(struct measure *m)
{
	if (m->level == m->levels + POLICY_NESTING_MAX)
		return "it is nested too deeply";
	/* What stands before the group counts with it. */
	m->level->all.empty = m->level->all.empty && m->last.empty;
	begin(++m->level);
	m->level->outside = m->level->passed = m->level[-1].passed;
	m->last = (struct extent){ .empty = true };
	return NULL;
}

static const char *
measure_close(struct measure *m)
{
	struct extent group;

	end_alternative(m);
	group = m->level->all;
	group.empty = m->level->any;
	if (group.size == 0)
		group.ways++;
	group.size++;
	m->level--;
	pass(&m->level->passed, &m->level[1].others);
	m->last = (struct extent){ .empty = true };
	add_last(m, &group);
	return NULL;
}

static const char *
measure_next(struct measure *m, const char *text, size_t *i)
{
	static const struct extent way = { .size = 1, .ways = 1 };
	static const struct extent none = { .size = 1,
		.ways = 1,
		.empty = true };
	struct extent more;

	switch (text[*i]) {
	case '(':
		return measure_open(m);
	case ')':
		return m->level == m->levels ? measure_atom(m, text, i) :
					       measure_close(m);
	case '|':
		add(&m->level->all, &way);
		end_alternative(m);
		return NULL;
	case '*':
		return repeat(m, &none, true);
	case '+': /* once, and as often again */
		more = m->last;
		more.size++;
		more.ways++;
		more.empty = false;
		return repeat(m, &more, true);
	case '?':
		return repeat(m, &none, false);
	case '{':
		return measure_count(m, text, i);
	default:
		return measure_atom(m, text, i);
	}
}

const char *
regex_refuse(const char *text, size_t *steps)
{
	struct measure m = { .last = { .empty = true } };
	const char *reason;
	size_t i;

	*steps = 0;
	if (strlen(text) > POLICY_REGEX_MAX)
		return "it is longer than 4096 bytes";
	m.level = m.levels;
	begin(m.level);
	for (i = 0; text[i] != '\0'; i++) {
		reason = measure_next(&m, text, &i);
		if (reason == NULL && is_too_much(&m.level->all))
			reason = "its repetitions are too many";
		if (reason != NULL)
			return reason;
	}
	/* What is not closed is no expression at all. */
	*steps = steps_of(&m.levels[0].all);
	return NULL;
}
