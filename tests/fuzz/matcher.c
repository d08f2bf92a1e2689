/* SPDX-License-Identifier: ISC */
/*
 * The matcher, against one that is written from privd.policy(5) alone, is slow
 * and knows no image: bytes become rules of our own making, which are printed
 * as a policy, read and compiled by privd, and a request. Both must come to
 * the same rule and the same verdict. So the reading is compared as well:
 * what binds tighter, what is quoted, where a macro ends.
 */
#include <errno.h>
#include <string.h>

#include "../../privd/policy/policy.h"
#include "bytes.h"
#include "fuzz.h"

#define RULES_MAX 40
#define NODES_MAX 2048
#define RULE_NODES_MAX 300 /* that one can take */
#define TEXT_MAX 64        /* a set of places in it is a word */
#define CHILDREN 2
#define MISSING "/<non-existent filename>: "

/* --- calls */

enum alias {
	NO_ALIAS,
	READ,
	WRITE
};

static const struct call {
	const char *name;
	const char *base;
	enum alias alias;
	const char *args[3];
} calls[] = {
	{ "open", "open", READ, { "filename", "oflags", "mode" } },
	{ "open", "open", WRITE, { "filename", "oflags", "mode" } },
	{ "openat", "open", READ, { "filename", "oflags", "mode" } },
	{ "openat", "open", WRITE, { "filename", "oflags", "mode" } },
	{ "unlink", "unlink", WRITE, { "filename" } },
	{ "unlinkat", "unlink", WRITE, { "filename" } },
	{ "unlinkat", "rmdir", WRITE, { "filename" } },
	{ "newfstatat", "stat", READ, { "filename" } },
	{ "newfstatat", "lstat", READ, { "filename" } },
	{ "mkdir", "mkdir", WRITE, { "filename", "mode" } },
	{ "rename", "rename", NO_ALIAS, { "filename", "filename" } },
	{ "symlink", "symlink", NO_ALIAS, { "string", "filename" } },
	{ "connect", "connect", NO_ALIAS, { "sockaddr" } },
	{ "kill", "kill", NO_ALIAS, { "pidname", "signame" } },
	{ "execve", "execve", NO_ALIAS, { "filename", "argv", "envp" } },
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

/* --- rules */

enum kind {
	/* of expressions */
	TRUE,
	TEST,
	NOT,
	AND,
	OR,
	/* of predicates, with those two */
	USER,
	GROUP,
	/* of regular expressions */
	BYTE,
	ANY,
	SET,
	MACRO,
	BEGIN,
	END,
	BOTH, /* one behind the other */
	EITHER,
	REPEAT /* '*', '+' or '?' */
};

struct node {
	int kind; /* enum kind */
	struct node *child[CHILDREN];
	char byte; /* or the operator: of a relation, of a repetition */
	bool negated;
	char set[4];
	const char *macro;
	/* tests */
	const char *op;
	const char *name;
	int index;
	char text[TEXT_MAX];
	struct node *regex;
	uint32_t id;
};

struct rule {
	char call[16];
	struct node *expr;
	enum policy_action action;
	int error;
	int64_t value;
	bool log;
	bool limited; /* spent() is asked */
	struct node *pred;
};

static struct {
	struct node nodes[NODES_MAX];
	size_t nnodes;
	struct rule rules[RULES_MAX];
	size_t nrules;
	enum policy_action fallback;
	bool has_default;
} policy;

static const struct call *called;
static struct policy_request request;
static char values[4][TEXT_MAX];
static uint64_t regs[SYS_REGS];
static uint64_t spent; /* a bit for each rule */
static const char *home, *user, *cwd;

static struct node *
new_node(enum kind kind)
{
	struct node *node = &policy.nodes[policy.nnodes++];

	HOLDS(policy.nnodes <= NODES_MAX);
	memset(node, 0, sizeof(*node));
	node->kind = kind;
	return node;
}

static bool
is_full(void)
{
	return policy.nrules == RULES_MAX ||
	    policy.nnodes + RULE_NODES_MAX > NODES_MAX;
}

/* --- texts */

static const char *const macros[] = { "$HOME", "$USER", "$CWD" };

static const char *
macro_value(const char *macro)
{
	if (strcmp(macro, "$HOME") == 0)
		return home;
	return strcmp(macro, "$USER") == 0 ? user : cwd;
}

static void
add(char *text, const char *more)
{
	if (strlen(text) + strlen(more) < TEXT_MAX)
		strcat(text, more);
}

/* None of these is there, so that nothing is resolved. */
static void
choose_path(struct bytes *bytes, char *text, bool pattern)
{
	static const char *const parts[] = { "/q", "/a", "/b", "/aa", "/ab" };
	static const char *const patterns[] = { "*", "?", "[ab]", "[!a]", "\\*",
		"[a-c]", "/*", "/?", "a", "\\a" };
	size_t n = bytes_of(bytes, 5);

	text[0] = '\0';
	if (n == 0)
		add(text, "/");
	while (n-- > 0) {
		add(text, parts[bytes_of(bytes, 5)]);
		if (pattern && bytes_one_in(bytes, 2))
			add(text, patterns[bytes_of(bytes, 10)]);
		if (bytes_one_in(bytes, 8))
			add(text, macros[bytes_of(bytes, 3)]);
	}
}

static void
choose_text(struct bytes *bytes, char *text, bool pattern)
{
	static const char *const parts[] = { "a", "b", "ab", "/", "$", ".", "*",
		"?", "]", "\\", "\"", " ", "#", "HOME", "-", "(", "^", "\n",
		"\t", "$HOME", "$USER", "$CWD", "$a", "1" };
	static const char *const patterns[] = { "*", "?", "[ab]", "[!a]", "\\*",
		"\\[", "\\?", "\\\\", "[a-c]", "a", "b", "/", "$HOME", "$USER",
		"\\$HOME", "-", "aa" };
	size_t n = bytes_of(bytes, 7);

	text[0] = '\0';
	while (n-- > 0)
		add(text,
		    pattern ? patterns[bytes_of(bytes, 17)] :
			      parts[bytes_of(bytes, 24)]);
}

static bool
names_file(const char *name)
{
	return strcmp(name, "filename") == 0 || strcmp(name, "sockaddr") == 0 ||
	    strcmp(name, "pidname") == 0;
}

/* --- regular expressions */

static bool
may_be_empty(const struct node *node)
{
	switch (node->kind) {
	case BYTE:
	case ANY:
	case SET:
	case MACRO:
		return false;
	case BOTH:
		return may_be_empty(node->child[0]) &&
		    may_be_empty(node->child[1]);
	case EITHER:
		return may_be_empty(node->child[0]) ||
		    may_be_empty(node->child[1]);
	case REPEAT:
		return node->byte != '+' || may_be_empty(node->child[0]);
	default:
		return true;
	}
}

static bool
has_anchor(const struct node *node)
{
	switch (node->kind) {
	case BEGIN:
	case END:
		return true;
	case BOTH:
	case EITHER:
		return has_anchor(node->child[0]) || has_anchor(node->child[1]);
	case REPEAT:
		return has_anchor(node->child[0]);
	default:
		return false;
	}
}

static bool
is_only(const struct node *node, enum kind anchor)
{
	if (node->kind != BOTH && node->kind != EITHER && node->kind != REPEAT)
		return node->kind == (int)anchor;
	return is_only(node->child[0], anchor) &&
	    (node->kind == REPEAT || is_only(node->child[1], anchor));
}

/* Anchors that have something outside of them are refused. */
static void
place_anchors(struct node *node, bool before, bool behind)
{
	switch (node->kind) {
	case BEGIN:
	case END:
		if (node->kind == BEGIN ? before : behind)
			node->kind = ANY;
		break;
	case BOTH:
		place_anchors(node->child[0], before,
		    behind || !is_only(node->child[1], END));
		place_anchors(node->child[1],
		    before || !is_only(node->child[0], BEGIN), behind);
		break;
	case EITHER:
		place_anchors(node->child[1], before, behind);
		/* FALLTHROUGH */
	case REPEAT:
		place_anchors(node->child[0], before, behind);
		break;
	default:
		break;
	}
}

static struct node *
choose_atom(struct bytes *bytes)
{
	static const char letters[] = "aab/.*\\[]()+|^${}-";
	struct node *node;

	switch (bytes_of(bytes, 8)) {
	case 0:
		return new_node(ANY);
	case 1:
		node = new_node(SET);
		node->negated = bytes_one_in(bytes, 2);
		(void)strlcpy(node->set, bytes_one_in(bytes, 2) ? "ab" : "/a",
		    sizeof(node->set));
		return node;
	case 2:
		node = new_node(MACRO);
		node->macro = macros[bytes_of(bytes, 3)];
		return node;
	default:
		node = new_node(BYTE);
		node->byte = letters[bytes_of(bytes, sizeof(letters) - 1)];
		return node;
	}
}

static struct node *
choose_part(struct bytes *bytes, int depth)
{
	size_t what = depth == 0 ? 0 : bytes_of(bytes, 8);
	struct node *node;

	if (what < 2)
		return choose_atom(bytes);
	if (what == 2)
		return new_node(bytes_one_in(bytes, 2) ? BEGIN : END);
	node = new_node(what < 6 ? BOTH : what == 6 ? EITHER : REPEAT);
	node->child[0] = choose_part(bytes, depth - 1);
	if (node->kind != REPEAT) {
		node->child[1] = choose_part(bytes, depth - 1);
		return node;
	}
	node->byte = "*+?"[bytes_of(bytes, 3)];
	/* That has no bound, or glibc is wrong about it: it is refused. */
	return may_be_empty(node->child[0]) ||
		(node->byte != '?' && has_anchor(node->child[0])) ?
	    node->child[0] :
	    node;
}

static struct node *
choose_regex(struct bytes *bytes)
{
	struct node *regex = choose_part(bytes, 4);

	place_anchors(regex, false, false);
	return regex;
}

static void
print_regex(const struct node *node, FILE *out)
{
	switch (node->kind) {
	case BYTE:
		if (strchr(".[]()*+?{}|^$\\", node->byte) != NULL)
			fputc('\\', out);
		fputc(node->byte, out);
		break;
	case ANY:
		fputc('.', out);
		break;
	case SET:
		fprintf(out, "[%s%s]", node->negated ? "^" : "", node->set);
		break;
	case MACRO: /* in a group: it ends there */
		fprintf(out, "(%s)", node->macro);
		break;
	case BEGIN:
		fputs("(^)", out);
		break;
	case END:
		fputs("($)", out);
		break;
	case BOTH:
		print_regex(node->child[0], out);
		print_regex(node->child[1], out);
		break;
	case EITHER:
		fputc('(', out);
		print_regex(node->child[0], out);
		fputc('|', out);
		print_regex(node->child[1], out);
		fputc(')', out);
		break;
	default:
		fputc('(', out);
		print_regex(node->child[0], out);
		fprintf(out, ")%c", node->byte);
	}
}

static uint64_t
step_bytes(const char *text, uint64_t from, const char *bytes)
{
	size_t n = strlen(bytes), i;
	uint64_t to = 0;

	for (i = 0; i < TEXT_MAX && i <= strlen(text); i++)
		if ((from >> i & 1) != 0 && strncmp(text + i, bytes, n) == 0)
			to |= UINT64_C(1) << (i + n);
	return to;
}

static uint64_t
step_one(const struct node *node, const char *text, uint64_t from)
{
	uint64_t to = 0;
	size_t i;
	bool yes;

	for (i = 0; text[i] != '\0'; i++) {
		yes = node->kind == ANY ||
		    (strchr(node->set, text[i]) != NULL) != node->negated;
		if (yes && (from >> i & 1) != 0)
			to |= UINT64_C(1) << (i + 1);
	}
	return to;
}

/* To where in the text it leads from these places. */
static uint64_t
step(const struct node *node, const char *text, uint64_t from)
{
	char byte[2] = { node->byte, '\0' };
	uint64_t to, all;

	switch (node->kind) {
	case BYTE:
		return step_bytes(text, from, byte);
	case ANY:
	case SET:
		return step_one(node, text, from);
	case MACRO:
		return step_bytes(text, from, macro_value(node->macro));
	case BEGIN:
		return from & 1;
	case END:
		return from & UINT64_C(1) << strlen(text);
	case BOTH:
		return step(node->child[1], text,
		    step(node->child[0], text, from));
	case EITHER:
		return step(node->child[0], text, from) |
		    step(node->child[1], text, from);
	default:
		break;
	}
	to = step(node->child[0], text, from);
	if (node->byte == '?')
		return from | to;
	for (all = to; to != 0;) {
		to = step(node->child[0], text, to) & ~all;
		all |= to;
	}
	return node->byte == '*' ? from | all : all;
}

static bool
regex_holds(const struct node *regex, const char *text)
{
	uint64_t anywhere = UINT64_MAX >> (63 - strlen(text));

	return step(regex, text, anywhere) != 0;
}

/* --- operators */

/* The macro at a `$`, NULL: none. */
static const char *
macro_at(const char *text)
{
	size_t i, n = 1;

	while ((text[n] >= 'a' && text[n] <= 'z') ||
	    (text[n] >= 'A' && text[n] <= 'Z') ||
	    (text[n] >= '0' && text[n] <= '9'))
		n++;
	for (i = 0; i < 3; i++)
		if (strlen(macros[i]) == n && strncmp(text, macros[i], n) == 0)
			return macros[i];
	return NULL;
}

/* As it is, with values in the place of macros. */
static const char *
expand(const char *text)
{
	static char out[4 * TEXT_MAX * TEXT_MAX];
	const char *macro;
	char byte[2] = "";

	for (out[0] = '\0'; *text != '\0';) {
		macro = *text == '$' ? macro_at(text) : NULL;
		byte[0] = *text;
		strcat(out, macro != NULL ? macro_value(macro) : byte);
		text += macro != NULL ? strlen(macro) : 1;
	}
	return out;
}

/* A pattern's element: a byte, or what it stands for. */
struct element {
	char kind; /* '*', '?', '[' or '\\', which is a byte */
	char byte;
	char first;
	char last;
	bool negated;
};

static size_t
read_pattern(const char *text, struct element *all)
{
	const char *macro, *value;
	size_t n = 0;

	for (; *text != '\0'; n++) {
		memset(&all[n], 0, sizeof(all[n]));
		all[n].kind = *text;
		macro = *text == '$' ? macro_at(text) : NULL;
		if (macro != NULL) {
			for (value = macro_value(macro); *value != '\0';
			     value++, n++)
				all[n] = (struct element){ '\\', *value, 0, 0,
					false };
			n--;
			text += strlen(macro);
		} else if (*text == '[') { /* [ab] [!a] [a-c] */
			all[n].negated = text[1] == '!';
			text += all[n].negated ? 2 : 1;
			all[n].first = text[0];
			all[n].last = text[0];
			while (*text != ']')
				all[n].last = *text++;
			text++;
		} else if (*text == '*' || *text == '?') {
			text++;
		} else {
			text += *text == '\\';
			all[n].kind = '\\';
			all[n].byte = *text++;
		}
	}
	return n;
}

static bool
element_takes(const struct element *e, char byte)
{
	if (e->kind == '\\')
		return byte == e->byte;
	if (byte == '/')
		return false;
	return e->kind == '?' ||
	    (byte >= e->first && byte <= e->last) != e->negated;
}

static bool
pattern_holds(const struct element *e, size_t n, const char *text)
{
	if (n == 0)
		return *text == '\0' || *text == '/';
	if (e->kind != '*')
		return *text != '\0' && element_takes(e, *text) &&
		    pattern_holds(e + 1, n - 1, text + 1);
	for (;; text++) {
		if (pattern_holds(e + 1, n - 1, text))
			return true;
		if (*text == '\0' || *text == '/')
			return false;
	}
}

static bool
match_holds(const char *pattern, const char *text)
{
	static struct element all[TEXT_MAX * TEXT_MAX];

	return pattern_holds(all, read_pattern(pattern, all), text);
}

/* Is the value `/`, a folder that the text leads with, or the text itself? */
static bool
inpath_holds(const char *value, const char *text)
{
	size_t n = strlen(value);

	return strcmp(value, "/") == 0 || strcmp(value, text) == 0 ||
	    (n > 0 && strncmp(value, text, n) == 0 && text[n] == '/');
}

static bool
holds(const struct node *test, const char *value)
{
	if (test->regex == NULL && strcmp(test->op, "re") == 0)
		return strstr(value, test->text) != NULL; /* it is plain */
	if (strcmp(test->op, "re") == 0)
		return regex_holds(test->regex, value);
	if (strcmp(test->op, "match") == 0)
		return match_holds(test->text, value);
	if (strcmp(test->op, "eq") == 0)
		return strcmp(value, expand(test->text)) == 0;
	if (strcmp(test->op, "neq") == 0)
		return strcmp(value, expand(test->text)) != 0;
	if (strcmp(test->op, "sub") == 0)
		return strstr(value, expand(test->text)) != NULL;
	if (strcmp(test->op, "nsub") == 0)
		return strstr(value, expand(test->text)) == NULL;
	return inpath_holds(value, expand(test->text));
}

/* --- expressions */

enum truth {
	NO,
	YES,
	NOTHING /* the call has not got it */
};

/* What is missing has systrace's form where a string asks for that. */
static const char *
form_of(const struct node *test, const struct policy_value *value)
{
	static char form[2 * TEXT_MAX];

	if (!value->missing ||
	    strstr(test->text, "<non-existent filename>") == NULL)
		return value->value;
	(void)snprintf(form, sizeof(form), MISSING "%s", value->value);
	return form;
}

static enum truth
test_value(const struct node *test, const char *value, enum truth so_far)
{
	bool all = test->op[0] == 'n', yes = holds(test, value);

	if (so_far == NOTHING)
		return yes ? YES : NO;
	if (all)
		return so_far == YES && yes ? YES : NO;
	return so_far == YES || yes ? YES : NO;
}

static enum truth
evaluate_test(const struct node *test)
{
	enum truth truth = NOTHING;
	char text[32];
	int nth = 0;
	size_t i;

	if (strcmp(test->name, "args") == 0) {
		for (i = 0; i < SYS_REGS; i++) {
			(void)snprintf(text, sizeof(text), "0x%llx",
			    (unsigned long long)regs[i]);
			if (test->index == -1 || test->index == (int)i)
				truth = test_value(test, text, truth);
		}
		return truth;
	}
	for (i = 0; i < request.nvalues; i++) {
		if (strcmp(request.values[i].name, test->name) != 0)
			continue;
		if (test->index == -1 || test->index == nth)
			truth = test_value(test,
			    form_of(test, &request.values[i]), truth);
		nth++;
	}
	return truth;
}

static enum truth
evaluate(const struct node *node)
{
	enum truth a, b;

	if (node->kind == TRUE)
		return YES;
	if (node->kind == TEST)
		return evaluate_test(node);
	a = evaluate(node->child[0]);
	if (node->kind == NOT)
		return a == NOTHING ? NOTHING : a == YES ? NO : YES;
	b = evaluate(node->child[1]);
	if (node->kind == AND) {
		if (a == NO || b == NO)
			return NO;
		return a == YES && b == YES ? YES : NOTHING;
	}
	if (a == YES || b == YES)
		return YES;
	return a == NO && b == NO ? NO : NOTHING;
}

/* Has every macro of it a value? */
static bool
regex_has_values(const struct node *node)
{
	if (node == NULL)
		return true;
	if (node->kind == MACRO)
		return macro_value(node->macro) != NULL;
	return regex_has_values(node->child[0]) &&
	    regex_has_values(node->child[1]);
}

static bool
text_has_values(const struct node *test)
{
	bool pattern = strcmp(test->op, "match") == 0;
	const char *text, *macro;

	for (text = test->text; *text != '\0'; text++) {
		if (pattern && *text == '\\' && text[1] != '\0') {
			text++;
			continue;
		}
		macro = *text == '$' ? macro_at(text) : NULL;
		if (macro != NULL && macro_value(macro) == NULL)
			return false;
	}
	return true;
}

static bool
has_values(const struct node *node)
{
	if (node == NULL || node->kind == TRUE)
		return true;
	if (node->kind == TEST)
		return node->regex != NULL ? regex_has_values(node->regex) :
					     text_has_values(node);
	return has_values(node->child[0]) && has_values(node->child[1]);
}

static bool
related(char relation, uint32_t id, uint32_t to)
{
	return relation == '=' ? id == to :
	    relation == '!'    ? id != to :
	    relation == '<'    ? id < to :
				 id > to;
}

/* Of any of its groups, or with != of all. */
static bool
group_holds(const struct node *node)
{
	const struct policy_caller *caller = request.caller;
	bool any = related(node->byte, caller->gid, node->id), all = any;
	size_t i;

	for (i = 0; i < caller->ngroups; i++) {
		any |= related(node->byte, caller->groups[i], node->id);
		all &= related(node->byte, caller->groups[i], node->id);
	}
	return node->byte == '!' ? all : any;
}

static bool
pred_holds(const struct node *node)
{
	if (node->kind == USER)
		return related(node->byte, request.caller->uid, node->id);
	if (node->kind == GROUP)
		return group_holds(node);
	if (node->kind == AND)
		return pred_holds(node->child[0]) && pred_holds(node->child[1]);
	return pred_holds(node->child[0]) || pred_holds(node->child[1]);
}

static bool
rule_matches(const struct rule *rule)
{
	size_t nth = (size_t)(rule - policy.rules);

	return (rule->pred == NULL || pred_holds(rule->pred)) &&
	    has_values(rule->expr) && evaluate(rule->expr) == YES &&
	    (!rule->limited || (spent >> nth & 1) == 0);
}

static const struct rule *
first_of(const char *name)
{
	size_t i;

	for (i = 0; i < policy.nrules; i++)
		if (strcmp(policy.rules[i].call, name) == 0 &&
		    rule_matches(&policy.rules[i]))
			return &policy.rules[i];
	return NULL;
}

/* Those that name the variant, then the base, then the alias. */
static const struct rule *
decide(void)
{
	const struct rule *rule = first_of(called->name);

	if (rule != NULL || request.no_alias)
		return rule;
	if (strcmp(called->base, called->name) != 0)
		rule = first_of(called->base);
	if (rule == NULL && called->alias != NO_ALIAS)
		rule = first_of(called->alias == READ ? "fsread" : "fswrite");
	return rule;
}

/* --- choosing rules */

static const char *
choose_name(struct bytes *bytes, const struct call *call, bool alias)
{
	size_t i;

	if (bytes_one_in(bytes, 12))
		return "args";
	if (alias)
		return "filename";
	i = bytes_of(bytes, 3);
	return call->args[i] != NULL ? call->args[i] : call->args[0];
}

static void
choose_index(struct bytes *bytes, const struct call *call, bool alias,
    struct node *test)
{
	bool twice = !alias && call->args[1] != NULL &&
	    strcmp(call->args[0], call->args[1]) == 0;

	test->index = -1;
	if (!bytes_one_in(bytes, 4))
		return;
	if (strcmp(test->name, "args") == 0)
		test->index = (int)bytes_of(bytes, SYS_REGS);
	else
		test->index = (int)bytes_of(bytes, twice ? 2 : 1);
}

static struct node *
choose_test(struct bytes *bytes, const struct call *call, bool alias)
{
	static const char *const ops[] = { "eq", "match", "neq", "sub", "nsub",
		"inpath", "re" };
	struct node *test = new_node(TEST);
	bool pattern;

	test->op = ops[bytes_of(bytes, 7)];
	test->name = choose_name(bytes, call, alias);
	choose_index(bytes, call, alias, test);
	pattern = strcmp(test->op, "match") == 0;
	if (bytes_one_in(bytes, 12))
		(void)strlcpy(test->text, MISSING "/q", TEXT_MAX);
	else if (strcmp(test->op, "re") == 0)
		test->regex = choose_regex(bytes);
	else if (strcmp(test->name, "args") == 0)
		(void)snprintf(test->text, TEXT_MAX, "0x%zx",
		    bytes_of(bytes, 4));
	else if (names_file(test->name))
		choose_path(bytes, test->text, pattern);
	else
		choose_text(bytes, test->text, pattern);
	return test;
}

static struct node *
choose_expr(struct bytes *bytes, const struct call *call, bool alias, int depth)
{
	size_t what = depth == 0 ? 0 : bytes_of(bytes, 8);
	struct node *node;

	if (what < 4)
		return choose_test(bytes, call, alias);
	if (what == 4)
		return new_node(TRUE);
	node = new_node(what == 5 ? NOT : what == 6 ? AND : OR);
	node->child[0] = choose_expr(bytes, call, alias, depth - 1);
	if (node->kind != NOT)
		node->child[1] = choose_expr(bytes, call, alias, depth - 1);
	return node;
}

static struct node *
choose_pred(struct bytes *bytes, int depth)
{
	size_t what = depth == 0 ? 0 : bytes_of(bytes, 6);
	struct node *node;

	if (what >= 4) {
		node = new_node(what == 4 ? AND : OR);
		node->child[0] = choose_pred(bytes, depth - 1);
		node->child[1] = choose_pred(bytes, depth - 1);
		return node;
	}
	node = new_node(bytes_one_in(bytes, 2) ? USER : GROUP);
	node->byte = "=!<>"[bytes_of(bytes, 4)];
	node->id = bytes_u8(bytes) % 4;
	return node;
}

static void
choose_outcome(struct bytes *bytes, struct rule *rule)
{
	static const enum policy_action actions[] = { POLICY_PERMIT,
		POLICY_DENY, POLICY_ASK, POLICY_PRETEND };

	rule->action = actions[bytes_of(bytes, 4)];
	rule->error = rule->action == POLICY_DENY ? EPERM : 0;
	if (rule->action == POLICY_DENY && bytes_one_in(bytes, 2))
		rule->error = ENOENT;
	if (rule->action == POLICY_PRETEND)
		rule->value = (int64_t)bytes_of(bytes, 3);
	rule->log = bytes_one_in(bytes, 4);
	rule->limited = bytes_one_in(bytes, 4) &&
	    (rule->action == POLICY_PERMIT || rule->action == POLICY_DENY);
	if (bytes_one_in(bytes, 4))
		rule->pred = choose_pred(bytes, 2);
}

static void
choose_rule(struct bytes *bytes)
{
	const struct call *call = &calls[bytes_of(bytes, CALLS)];
	struct rule *rule = &policy.rules[policy.nrules++];
	bool alias = bytes_one_in(bytes, 6);
	const char *name;

	memset(rule, 0, sizeof(*rule));
	/* Mostly of what is called. */
	if (!bytes_one_in(bytes, 4))
		call = called;
	name = bytes_one_in(bytes, 3) ? call->base : call->name;
	if (alias)
		name = bytes_one_in(bytes, 2) ? "fsread" : "fswrite";
	(void)strlcpy(rule->call, name, sizeof(rule->call));
	rule->expr = bytes_one_in(bytes, 8) ?
	    new_node(TRUE) :
	    choose_expr(bytes, call, alias, 3);
	choose_outcome(bytes, rule);
}

/* --- printing them */

static void
print_quoted(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		if (*text == '\n' || *text == '\t')
			fputs(*text == '\n' ? "\\n" : "\\t", out);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void
print_test(const struct node *test, FILE *out)
{
	char *text = NULL;
	size_t len;
	FILE *regex;

	fputs(test->name, out);
	if (test->index != -1)
		fprintf(out, "[%d]", test->index);
	fprintf(out, " %s ", test->op);
	if (test->regex == NULL) {
		print_quoted(test->text, out);
		return;
	}
	regex = open_memstream(&text, &len);
	HOLDS(regex != NULL);
	print_regex(test->regex, regex);
	(void)fclose(regex);
	print_quoted(text, out);
	free(text);
}

/* Parentheses where they are needed alone: how tight it is held. */
static void
print_expr(const struct node *node, int held, FILE *out)
{
	int binds = node->kind == OR ? 1 : node->kind == AND ? 2 : 3;

	if (binds < held)
		fputc('(', out);
	if (node->kind == TRUE) {
		fputs("true", out);
	} else if (node->kind == TEST) {
		print_test(node, out);
	} else if (node->kind == USER || node->kind == GROUP) {
		fprintf(out, "%s %c%s %u",
		    node->kind == USER ? "user" : "group", node->byte,
		    node->byte == '!' ? "=" : "", node->id);
	} else if (node->kind == NOT) {
		fputs("not ", out);
		print_expr(node->child[0], 3, out);
	} else {
		print_expr(node->child[0], binds, out);
		fputs(node->kind == AND ? " and " : " or ", out);
		print_expr(node->child[1], binds, out);
	}
	if (binds < held)
		fputc(')', out);
}

static void
print_action(enum policy_action action, int error, int64_t value, FILE *out)
{
	static const char *const names[] = { "deny", "permit", "ask",
		"pretend" };

	fputs(names[action], out);
	if (action == POLICY_DENY && error == ENOENT)
		fputs("[enoent]", out);
	if (action == POLICY_PRETEND && value != 0)
		fprintf(out, "[%lld]", (long long)value);
}

static void
print_rule(const struct rule *rule, FILE *out)
{
	fprintf(out, "native-%s: ", rule->call);
	if (rule->expr->kind != TRUE) {
		print_expr(rule->expr, 0, out);
		fputs(" then ", out);
	}
	print_action(rule->action, rule->error, rule->value, out);
	if (rule->log)
		fputs(" log", out);
	if (rule->limited)
		fputs(" times 2", out);
	if (rule->pred != NULL) {
		fputs(", if ", out);
		print_expr(rule->pred, 0, out);
	}
	fputc('\n', out);
}

/* The first rule stands in line 3. */
#define FIRST_LINE 3

static void
print_policy(FILE *out)
{
	size_t i;

	fputs("Policy: /q/program, Emulation: native\n", out);
	if (policy.has_default) {
		fputs("Default: ", out);
		print_action(policy.fallback, EPERM, 0, out);
	}
	fputc('\n', out);
	for (i = 0; i < policy.nrules; i++)
		print_rule(&policy.rules[i], out);
}

/* --- requests */

static bool
is_spent(void *context, const struct policy_rule *rule)
{
	(void)context;
	return (spent >> (rule->line - FIRST_LINE) & 1) != 0;
}

static void
choose_values(struct bytes *bytes)
{
	const char *name;
	size_t i;

	request.nvalues = 0;
	for (i = 0; i < 3 && called->args[i] != NULL; i++) {
		name = called->args[i];
		if (bytes_one_in(bytes, 6))
			continue;
		if (names_file(name))
			choose_path(bytes, values[i], bytes_one_in(bytes, 4));
		else
			choose_text(bytes, values[i], bytes_one_in(bytes, 4));
		(void)strlcpy(values[i], expand(values[i]), TEXT_MAX);
		request.values[request.nvalues].name = name;
		request.values[request.nvalues].missing =
		    strcmp(name, "filename") == 0 && bytes_one_in(bytes, 4);
		request.values[request.nvalues++].value = values[i];
	}
	for (i = 0; i < SYS_REGS; i++)
		regs[i] = bytes_of(bytes, 4);
}

static void
choose_request(struct bytes *bytes)
{
	static const gid_t groups[] = { 1, 2, 3 };
	static struct policy_caller caller = { .groups = groups };

	memset(&request, 0, sizeof(request));
	called = &calls[bytes_of(bytes, CALLS)];
	request.call = sys_by_name(called->name);
	request.base = sys_by_name(called->base);
	request.alias = called->alias == READ ? SYS_ALIAS_FSREAD :
	    called->alias == WRITE            ? SYS_ALIAS_FSWRITE :
						SYS_ALIAS_NONE;
	request.no_alias = bytes_one_in(bytes, 8);
	request.regs = regs;
	request.spent = is_spent;
	request.caller = &caller;
	caller.uid = bytes_u8(bytes) % 4;
	caller.gid = bytes_u8(bytes) % 4;
	caller.ngroups = bytes_of(bytes, 4);
	/* For the values. */
	home = "/q/a";
	user = "a*";
	cwd = "/q";
	choose_values(bytes);
	home = bytes_one_in(bytes, 4) ? NULL : home;
	user = bytes_one_in(bytes, 4) ? NULL : user;
	cwd = bytes_one_in(bytes, 4) ? NULL : cwd;
	caller.home = home;
	caller.user = user;
	request.cwd = cwd;
	spent = bytes_u64(bytes);
}

/* --- comparing */

static void
check_verdict(const struct policy_verdict *verdict, bool enforcing)
{
	const struct rule *rule = decide();

	if (rule != NULL) {
		HOLDS(verdict->rule != NULL &&
		    verdict->rule->line ==
			FIRST_LINE + (unsigned int)(rule - policy.rules));
		HOLDS(verdict->action == rule->action &&
		    verdict->error == rule->error &&
		    verdict->value == rule->value &&
		    verdict->log == rule->log && !verdict->explicit_default);
		return;
	}
	HOLDS(verdict->rule == NULL &&
	    verdict->explicit_default == policy.has_default);
	if (policy.has_default)
		HOLDS(verdict->action == policy.fallback);
	else
		HOLDS(
		    verdict->action == (enforcing ? POLICY_DENY : POLICY_ASK));
	HOLDS(verdict->action != POLICY_DENY || verdict->error == EPERM);
	HOLDS(verdict->log == (verdict->action == POLICY_DENY));
}

static const struct policy_image *
load(struct policy_set *set, const char *text, size_t len)
{
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct policy_report report = { NULL, 0, 0, 0 };
	int result;

	result = policy_load_buffer(set, &source, "fuzz", text, len, &report);
	if (result != 0) {
		fputs(text, stderr);
		policy_report_print(&report, stderr, POLICY_ERROR);
	}
	HOLDS(result == 0);
	policy_report_clear(&report);
	return policy_last(set);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct bytes bytes = { input, size };
	struct policy_set *set = policy_set_new();
	struct policy_verdict verdict;
	char *text = NULL;
	size_t len;
	bool enforcing;
	FILE *out = open_memstream(&text, &len);

	HOLDS(set != NULL && out != NULL);
	memset(&policy, 0, sizeof(policy));
	enforcing = bytes_one_in(&bytes, 2);
	policy.has_default = bytes_one_in(&bytes, 2);
	policy.fallback = bytes_one_in(&bytes, 2) ? POLICY_PERMIT : POLICY_DENY;
	choose_request(&bytes);
	while (bytes.left > 0 && !is_full())
		choose_rule(&bytes);
	print_policy(out);
	(void)fclose(out);
	policy_evaluate(load(set, text, len), &request, enforcing, &verdict);
	check_verdict(&verdict, enforcing);
	free(text);
	policy_set_free(set);
	return 0;
}
