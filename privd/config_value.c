/* SPDX-License-Identifier: ISC */
/*
 * The keywords of privd.conf, a row of a table for each, and their values.
 */
#include "config.h"

#include <sys/un.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_parts.h"
#include "session/session.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define SESSIONS_MAX 1000000U
#define IDS_FIRST 65536U /* below are the system's and its users' */

static bool read_path(struct config_reading *, const struct config_keyword *);
static bool read_flag(struct config_reading *, const struct config_keyword *);
static bool read_number(struct config_reading *, const struct config_keyword *);
static bool read_range(struct config_reading *, const struct config_keyword *);
static bool read_log(struct config_reading *, const struct config_keyword *);
static bool read_log_format(struct config_reading *,
    const struct config_keyword *);
static bool read_environment(struct config_reading *,
    const struct config_keyword *);
static bool read_users(struct config_reading *, const struct config_keyword *);
static bool read_groups(struct config_reading *, const struct config_keyword *);

#define FIELD(name) offsetof(struct privd_config, name)

const struct config_keyword config_keywords[] = {
	{ .name = "policies",
	    .read = read_path,
	    .offset = FIELD(policies),
	    .most = PATH_MAX,
	    .text = PRIVD_SYSCONFDIR "/privd/policies" },
	{ .name = "templates",
	    .read = read_path,
	    .offset = FIELD(templates),
	    .most = PATH_MAX,
	    .text = PRIVD_SYSCONFDIR "/privd/templates" },
	{ .name = "keys",
	    .read = read_path,
	    .offset = FIELD(keys),
	    .most = PATH_MAX,
	    .text = PRIVD_SYSCONFDIR "/privd/keys" },
	{ .name = "require-signature",
	    .read = read_flag,
	    .offset = FIELD(require_signature) },
	{ .name = "socket",
	    .read = read_path,
	    .offset = FIELD(socket),
	    .most = sizeof(((struct sockaddr_un *)0)->sun_path),
	    .text = PRIVD_RUNDIR "/privd/privd.sock" },
	{ .name = "uid-range", .read = read_range },
	{ .name = "max-sessions",
	    .read = read_number,
	    .offset = FIELD(max_sessions),
	    .least = 1,
	    .most = SESSIONS_MAX,
	    .number = 4096 },
	{ .name = "max-sessions-per-user",
	    .read = read_number,
	    .offset = FIELD(max_sessions_per_user),
	    .least = 1,
	    .most = SESSIONS_MAX,
	    .number = 256 },
	{ .name = "max-connections-per-second",
	    .read = read_number,
	    .offset = FIELD(max_connections_per_second),
	    .least = 1,
	    .most = 1000000,
	    .number = 50 },
	{ .name = "max-connections-per-second-in-all",
	    .read = read_number,
	    .offset = FIELD(max_connections_per_second_in_all),
	    .least = 1,
	    .most = 1000000,
	    .number = 1000 },
	{ .name = "max-calls",
	    .read = read_number,
	    .offset = FIELD(max_calls),
	    .least = 1,
	    .most = SESSION_CALLS_MAX,
	    .number = SESSION_CALLS },
	/* Unless they are stated: as many as all sessions may have. */
	{ .name = "max-calls-per-user",
	    .read = read_number,
	    .offset = FIELD(max_calls_per_user),
	    .least = CONFIG_CALLS_MIN,
	    .most = SESSIONS_MAX * SESSION_CALLS_MAX },
	{ .name = "max-calls-in-all",
	    .read = read_number,
	    .offset = FIELD(max_calls_in_all),
	    .least = CONFIG_CALLS_MIN,
	    .most = SESSIONS_MAX * SESSION_CALLS_MAX },
	{ .name = "max-lines-per-second",
	    .read = read_number,
	    .offset = FIELD(max_lines_per_second),
	    .least = 1,
	    .most = 1000000,
	    .number = 100 },
	{ .name = "log", .read = read_log },
	{ .name = "log-format", .read = read_log_format },
	{ .name = "keep-environment", .read = read_environment, .often = true },
	{ .name = "allow-user",
	    .read = read_users,
	    .offset = FIELD(allow_users),
	    .often = true },
	{ .name = "deny-user",
	    .read = read_users,
	    .offset = FIELD(deny_users),
	    .often = true },
	{ .name = "allow-group",
	    .read = read_groups,
	    .offset = FIELD(allow_groups),
	    .often = true },
	{ .name = "deny-group",
	    .read = read_groups,
	    .offset = FIELD(deny_groups),
	    .often = true },
	{ .name = "include", .read = reading_include, .often = true },
	{ .name = NULL },
};

_Static_assert(NELEMS(config_keywords) <= CONFIG_KEYWORDS_MAX,
    "room for each first place");

/* --- tokens */

/* Is there another value? If none, good says if the statement ended. */
static bool
another(struct config_reading *r, bool *good)
{
	reading_next(r);
	*good = r->token.kind != CONFIG_BAD ||
	    reading_expect(r, r->token.wrong);
	return *good && !reading_is_end(r);
}

/* One of some words: its place among them, or -1. */
static int
choice(struct config_reading *r, const char *expected, const char *const *words,
    size_t n)
{
	struct nearest nearest;
	char hint[128];
	size_t i;

	if (!reading_value(r, expected))
		return -1;
	nearest_start(&nearest, r->token.text);
	for (i = 0; i < n; i++) {
		if (r->token.kind == CONFIG_WORD &&
		    strcmp(r->token.text, words[i]) == 0)
			return (int)i;
		nearest_offer(&nearest, words[i]);
	}
	reading_refuse(r, expected, nearest_hint(&nearest, hint, sizeof(hint)));
	return -1;
}

/* Digits, or 0x and such digits, up to most. */
static bool
to_number(const char *text, uint64_t most, uint64_t *number)
{
	static const char digits[] = "0123456789abcdef";
	unsigned int base = 10;
	const char *digit;
	uint64_t n = 0;

	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	}
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		digit = strchr(digits, *text);
		if (digit == NULL || digit - digits >= (ptrdiff_t)base)
			return false;
		n = n * base + (uint64_t)(digit - digits);
		if (n > most)
			return false;
	}
	*number = n;
	return true;
}

static bool
number(struct config_reading *r, uint32_t least, uint32_t most,
    uint32_t *result)
{
	char expected[64];
	uint64_t n = 0;

	(void)snprintf(expected, sizeof(expected), "a number from %u to %u",
	    least, most);
	if (!reading_value(r, expected))
		return false;
	if (!to_number(r->token.text, most, &n) || n < least)
		return reading_expect(r, expected);
	*result = (uint32_t)n;
	return true;
}

/* --- values */

static bool
has_dots(const char *path)
{
	const char *p;
	size_t len;

	for (p = path; *p != '\0'; p += len + strspn(p + len, "/")) {
		len = strcspn(p, "/");
		if ((len == 1 && p[0] == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return true;
	}
	return false;
}

static bool
path_into(struct config_reading *r, char **to, size_t size)
{
	char *copy;

	if (!reading_value(r, "an absolute path"))
		return false;
	if (r->token.text[0] != '/')
		return reading_expect(r, "an absolute path");
	if (has_dots(r->token.text))
		return reading_expect(r, "a path without . and ..");
	if (r->token.len >= size) {
		reading_complain(r, r->token.place,
		    "expected a path of at most %zu bytes, found %zu", size - 1,
		    r->token.len);
		return false;
	}
	copy = strdup(r->token.text);
	if (copy == NULL)
		return reading_fail(r);
	free(*to);
	*to = copy;
	return true;
}

static void *
field(struct config_reading *r, const struct config_keyword *k)
{
	return (char *)r->config + k->offset;
}

static bool
read_path(struct config_reading *r, const struct config_keyword *k)
{
	return path_into(r, field(r, k), k->most);
}

static bool
read_flag(struct config_reading *r, const struct config_keyword *k)
{
	static const char *const words[] = { "no", "yes" };
	int i = choice(r, "yes or no", words, NELEMS(words));

	if (i == -1)
		return false;
	*(bool *)field(r, k) = i == 1;
	return true;
}

static bool
read_number(struct config_reading *r, const struct config_keyword *k)
{
	return number(r, k->least, k->most, field(r, k));
}

static bool
read_range(struct config_reading *r, const struct config_keyword *k)
{
	struct privd_config *c = r->config;

	(void)k;
	return number(r, IDS_FIRST, UINT32_MAX - 1, &c->uid_first) &&
	    number(r, c->uid_first, UINT32_MAX - 1, &c->uid_last);
}

static bool
read_log(struct config_reading *r, const struct config_keyword *k)
{
	static const char *const words[] = { [CONFIG_LOG_SYSLOG] = "syslog",
		[CONFIG_LOG_JOURNAL] = "journal",
		[CONFIG_LOG_FILE] = "file" };
	int i = choice(r, "syslog, journal or file", words, NELEMS(words));

	(void)k;
	if (i == -1)
		return false;
	r->config->log = (enum config_log)i;
	return i != CONFIG_LOG_FILE ||
	    path_into(r, &r->config->log_file, PATH_MAX);
}

static bool
read_log_format(struct config_reading *r, const struct config_keyword *k)
{
	static const char *const words
	    [] = { [CONFIG_LOG_TEXT] = "text", [CONFIG_LOG_JSON] = "json" };
	int i = choice(r, "text or json", words, NELEMS(words));

	(void)k;
	if (i == -1)
		return false;
	r->config->log_format = (enum config_log_format)i;
	return true;
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

static bool
is_variable(const char *name)
{
	return *name != '\0' && strchr(LETTERS, *name) != NULL &&
	    name[strspn(name, LETTERS "0123456789")] == '\0';
}

static bool
add_variable(struct config_reading *r, size_t *n)
{
	struct privd_config *c = r->config;
	char **more;

	more = reallocarray(c->keep_environment, *n + 2, sizeof(*more));
	if (more == NULL)
		return reading_fail(r);
	c->keep_environment = more;
	more[*n] = strdup(r->token.text);
	if (more[*n] == NULL)
		return reading_fail(r);
	more[++*n] = NULL;
	return true;
}

static bool
one_variable(struct config_reading *r, size_t *n)
{
	if (!is_variable(r->token.text))
		return reading_expect(r, "the name of a variable");
	/* They bring code of the user's into the elevated program. */
	if (strncmp(r->token.text, "LD_", 3) == 0)
		return reading_expect(r,
		    "a variable that the loader does not read");
	return add_variable(r, n);
}

static bool
read_environment(struct config_reading *r, const struct config_keyword *k)
{
	bool more = reading_value(r, "the name of a variable"), good = more;
	size_t n = 0;

	(void)k;
	while (r->config->keep_environment != NULL &&
	    r->config->keep_environment[n] != NULL)
		n++;
	for (; more && !r->nomem; more = another(r, &good))
		(void)one_variable(r, &n);
	return good;
}

static bool
add_id(struct config_reading *r, struct config_ids *ids, id_t id)
{
	id_t *more;

	more = reallocarray(ids->ids, ids->count + 1, sizeof(*more));
	if (more == NULL)
		return reading_fail(r);
	ids->ids = more;
	ids->ids[ids->count++] = id;
	return true;
}

/* A name is asked for, a number is taken as it is. */
static bool
find_id(struct config_reading *r, bool group, id_t *id)
{
	const struct config_world *w = r->world;
	int (*find)(const char *, id_t *) = group ? w->group : w->user;
	void (*offer)(struct nearest *) = group ? w->offer_groups :
						  w->offer_users;
	struct nearest nearest;
	char hint[128];
	uint64_t n;

	if (r->token.text[strspn(r->token.text, "0123456789")] == '\0' &&
	    to_number(r->token.text, UINT32_MAX - 1, &n)) {
		*id = (id_t)n;
		return true;
	}
	if (find != NULL && find(r->token.text, id) == 0)
		return true;
	nearest_start(&nearest, r->token.text);
	if (offer != NULL)
		offer(&nearest);
	reading_refuse(r, group ? "a group" : "a user",
	    nearest_hint(&nearest, hint, sizeof(hint)));
	return false;
}

static bool
one_id(struct config_reading *r, const struct config_keyword *k, bool group)
{
	id_t id;

	if (!find_id(r, group, &id))
		return false;
	if (id == 0 && k->offset == FIELD(deny_users))
		return reading_expect(r, "another user than root");
	return add_id(r, field(r, k), id);
}

static bool
read_ids(struct config_reading *r, const struct config_keyword *k, bool group)
{
	bool more = reading_value(r, group ? "a group" : "a user"), good = more;

	/* Each name that is unknown is said. */
	for (; more && !r->nomem; more = another(r, &good))
		(void)one_id(r, k, group);
	return good;
}

static bool
read_users(struct config_reading *r, const struct config_keyword *k)
{
	return read_ids(r, k, false);
}

static bool
read_groups(struct config_reading *r, const struct config_keyword *k)
{
	return read_ids(r, k, true);
}

void
config_settle(struct privd_config *c)
{
	if (c->max_calls_per_user == 0)
		c->max_calls_per_user = c->max_sessions_per_user * c->max_calls;
	if (c->max_calls_in_all == 0)
		c->max_calls_in_all = c->max_sessions * c->max_calls;
}

struct privd_config *
config_new(void)
{
	struct privd_config *c;
	const struct config_keyword *k;
	char *copy;

	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->uid_first = 0x70000000U;
	c->uid_last = 0x73ffffffU;
	for (k = config_keywords; k->name != NULL; k++) {
		if (k->read == read_number)
			memcpy((char *)c + k->offset, &k->number,
			    sizeof(k->number));
		if (k->text == NULL)
			continue;
		copy = strdup(k->text);
		if (copy == NULL) {
			config_free(c);
			errno = ENOMEM;
			return NULL;
		}
		memcpy((char *)c + k->offset, &copy, sizeof(copy));
	}
	return c;
}

struct privd_config *
config_default(void)
{
	struct privd_config *c = config_new();

	if (c != NULL)
		config_settle(c);
	return c;
}
