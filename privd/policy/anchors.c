/* SPDX-License-Identifier: ISC */
/*
 * Which of a call's many rules can match a value at all. A rule that
 * demands a literal path, or something below a literal folder, is filed
 * under the hash of that text; a value is looked up by each of its leading
 * folders. Equal hashes of different texts only cost a needless test:
 * whether a rule matches is never decided here.
 */
#include "image.h"

#include <stdlib.h>
#include <string.h>

/* Fewer rules than this are tried one after another. */
#define ANCHORS_MIN 12
/* Alternatives of one rule; with more it is tried always. */
#define ANCHORS_RULE_MAX 32

struct anchor {
	uint64_t hash;
	uint32_t rule;
};

struct bucket {
	uint64_t hash;
	uint32_t start;
	uint32_t count; /* 0: empty */
};

struct anchors {
	uint32_t *free_rules; /* that are filed under no text */
	size_t nfree;
	uint32_t *filed;
	struct bucket *buckets;
	size_t mask;
};

static uint64_t
hash_byte(uint64_t hash, unsigned char c)
{
	return (hash ^ c) * UINT64_C(0x100000001b3);
}

static uint64_t
hash_name(const char *name)
{
	uint64_t hash;

	for (hash = UINT64_C(0xcbf29ce484222325); *name != '\0'; name++)
		hash = hash_byte(hash, (unsigned char)*name);
	return hash_byte(hash, 0);
}

/* What a rule is filed under, while it is looked through. */
struct filing {
	uint64_t hashes[ANCHORS_RULE_MAX];
	size_t count;
	bool full;
};

static void
filing_add(struct filing *filing, const char *name, const char *text,
    size_t len)
{
	uint64_t hash;
	size_t i;

	/* "/usr/lib/" leads the same values as "/usr/lib". */
	while (len > 0 && text[len - 1] == '/')
		len--;
	if (filing->count == ANCHORS_RULE_MAX) {
		filing->full = true;
		return;
	}
	hash = hash_name(name);
	for (i = 0; i < len; i++)
		hash = hash_byte(hash, (unsigned char)text[i]);
	filing->hashes[filing->count++] = hash;
}

static bool
filing_text(struct filing *filing, const struct policy_expr *expr,
    const char *text)
{
	size_t len;

	len = path_literal(expr->operator, text);
	if (len == 0 && (text[0] != '\0' || expr->macros))
		return false;
	filing_add(filing, expr->name, text, len);
	return true;
}

/* A test that holds only for values that its own text leads. */
static bool
filing_test(struct filing *filing, const struct policy_expr *expr)
{
	const enum policy_operator op = expr->operator;

	if ((op != POLICY_EQ && op != POLICY_MATCH) || expr->missing ||
	    strcmp(expr->name, "args") == 0)
		return false;
	if (expr->kept != NULL && !filing_text(filing, expr, expr->kept))
		return false;
	return filing_text(filing, expr, expr->string);
}

/*
 * Files what the expression demands; false if it demands nothing. Of an
 * `and` one side suffices, of an `or` each must demand something.
 */
static bool
filing_expr(struct filing *filing, const struct policy_expr *expr)
{
	size_t before;

	for (;; expr = expr->right) {
		before = filing->count;
		switch (expr->op) {
		case POLICY_TRUE:
		case POLICY_NOT:
			return false;
		case POLICY_TEST:
			return filing_test(filing, expr);
		case POLICY_AND:
			if (filing_expr(filing, expr->left))
				return true;
			filing->count = before;
			break;
		case POLICY_OR:
			if (!filing_expr(filing, expr->left))
				return false;
			break;
		}
	}
}

static int
anchor_compare(const void *a, const void *b)
{
	const struct anchor *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

static struct bucket *
bucket_find(const struct anchors *anchors, uint64_t hash)
{
	struct bucket *bucket;
	size_t i;

	for (i = hash ^ hash >> 32;; i++) {
		bucket = &anchors->buckets[i & anchors->mask];
		if (bucket->count == 0 || bucket->hash == hash)
			return bucket;
	}
}

static int
anchors_fill(struct anchors *anchors, struct anchor *list, size_t count)
{
	struct bucket *bucket;
	size_t size, i;

	for (size = 16; size < 2 * count;)
		size *= 2;
	anchors->mask = size - 1;
	anchors->buckets = calloc(size, sizeof(*anchors->buckets));
	anchors->filed = calloc(count + 1, sizeof(*anchors->filed));
	if (anchors->buckets == NULL || anchors->filed == NULL)
		return -1;
	qsort(list, count, sizeof(*list), anchor_compare);
	for (i = 0; i < count; i++) {
		anchors->filed[i] = list[i].rule;
		bucket = bucket_find(anchors, list[i].hash);
		if (bucket->count++ == 0) {
			bucket->hash = list[i].hash;
			bucket->start = (uint32_t)i;
		}
	}
	return 0;
}

/* Files one rule; room for its anchors is there. Returns how many. */
static size_t
anchors_rule(struct anchors *anchors, const struct policy_rule *rule,
    uint32_t number, struct anchor *list)
{
	struct filing filing = { .count = 0 };
	size_t i;

	if (!filing_expr(&filing, rule->expr) || filing.full) {
		anchors->free_rules[anchors->nfree++] = number;
		return 0;
	}
	for (i = 0; i < filing.count; i++) {
		list[i].hash = filing.hashes[i];
		list[i].rule = number;
	}
	return filing.count;
}

static int
anchors_make(struct anchors *anchors, const struct policy_rule *const *rules,
    size_t count)
{
	struct anchor *list, *grown;
	size_t i, n, size;
	int ret;

	anchors->free_rules = calloc(count + 1, sizeof(uint32_t));
	if (anchors->free_rules == NULL)
		return -1;
	list = NULL;
	ret = -1;
	for (i = n = size = 0; i < count; i++) {
		if (size - n < ANCHORS_RULE_MAX) {
			size = size * 2 + ANCHORS_RULE_MAX + count;
			grown = reallocarray(list, size, sizeof(*list));
			if (grown == NULL)
				goto out;
			list = grown;
		}
		n += anchors_rule(anchors, rules[i], (uint32_t)i, list + n);
	}
	ret = anchors_fill(anchors, list, n);
out:
	free(list);
	return ret;
}

int
anchors_new(const struct policy_rule *const *rules, size_t count,
    struct anchors **out)
{
	struct anchors *anchors;

	*out = NULL;
	if (count < ANCHORS_MIN)
		return 0;
	anchors = calloc(1, sizeof(*anchors));
	if (anchors == NULL)
		return -1;
	if (anchors_make(anchors, rules, count) == -1) {
		anchors_free(anchors);
		return -1;
	}
	*out = anchors;
	return 0;
}

void
anchors_free(struct anchors *anchors)
{
	if (anchors == NULL)
		return;
	free(anchors->free_rules);
	free(anchors->filed);
	free(anchors->buckets);
	free(anchors);
}

static bool
walk_add(struct anchors_walk *walk, const uint32_t *start, size_t count)
{
	if (count == 0)
		return true;
	if (walk->count == ANCHORS_CURSORS)
		return false;
	walk->at[walk->count] = start;
	walk->end[walk->count++] = start + count;
	return true;
}

static bool
walk_lookup(const struct anchors *anchors, uint64_t hash,
    struct anchors_walk *walk)
{
	const struct bucket *bucket;

	bucket = bucket_find(anchors, hash);
	return walk_add(walk, anchors->filed + bucket->start, bucket->count);
}

/* Looks up every leading folder of a value, and the value. */
static bool
walk_value(const struct anchors *anchors, const struct policy_value *value,
    struct anchors_walk *walk)
{
	const char *c;
	uint64_t hash;

	hash = hash_name(value->name);
	for (c = value->value; *c != '\0'; c++) {
		if (*c == '/' && !walk_lookup(anchors, hash, walk))
			return false;
		hash = hash_byte(hash, (unsigned char)*c);
	}
	/* What ends in a slash was looked up without it. */
	return walk_lookup(anchors, hash, walk);
}

bool
anchors_start(const struct anchors *anchors, const struct policy_request *req,
    struct anchors_walk *walk)
{
	size_t i;

	walk->count = 0;
	if (!walk_add(walk, anchors->free_rules, anchors->nfree))
		return false;
	for (i = 0; i < req->nvalues; i++) {
		if (!walk_value(anchors, &req->values[i], walk))
			return false;
	}
	return true;
}

size_t
anchors_next(struct anchors_walk *walk)
{
	size_t i, least;

	least = SIZE_MAX;
	for (i = 0; i < walk->count; i++) {
		if (walk->at[i] < walk->end[i] && *walk->at[i] < least)
			least = *walk->at[i];
	}
	for (i = 0; i < walk->count; i++) {
		if (walk->at[i] < walk->end[i] && *walk->at[i] == least)
			walk->at[i]++;
	}
	return least;
}
