/* SPDX-License-Identifier: ISC */
/*
 * The grammar's actions for outcomes: actions, and the modifiers behind
 * them. Which modifier goes with which action and call is check.c's.
 */
#include "parser.h"

#include <sys/capability.h>

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

static const char *const modifier_names[MODIFIERS] = {
	[MODIFIER_LOG] = "log",
	[MODIFIER_AS] = "as",
	[MODIFIER_WITH] = "with",
	[MODIFIER_LIMIT] = "once, times or rate",
	[MODIFIER_EXCLUSIVE] = "exclusive",
	[MODIFIER_FILTER] = "filter",
	[MODIFIER_DEVICE] = "device",
	[MODIFIER_KEEP] = "keep",
};

void
build_action(struct policy_parse *p, const struct outcome *outcome,
    struct policy_place place)
{
	p->action = place;
	p->rule->action = outcome->action;
	p->rule->error = outcome->error;
	p->rule->value = outcome->value;
	p->rule->child = outcome->child;
	p->rule->child_path = outcome->child_path;
}

bool
build_deny(struct policy_parse *p, const char *error, struct policy_place place,
    struct outcome *outcome)
{
	char text[REPORT_TEXT_MAX], hint[128];
	struct nearest nearest;

	memset(outcome, 0, sizeof(*outcome));
	outcome->action = POLICY_DENY;
	outcome->error = EPERM;
	if (error == NULL)
		return true;
	outcome->error = policy_errno_by_name(error);
	if (outcome->error != -1)
		return true;
	nearest_start(&nearest, error);
	names_offer_errors(&nearest);
	parse_error(p, place, "unknown error \"%s\"%s",
	    report_text(error, strlen(error), text),
	    nearest_hint(&nearest, hint, sizeof(hint)));
	return true;
}

bool
build_modifier(struct policy_parse *p, enum modifier modifier,
    struct policy_place place)
{
	bool both;

	both = (modifier == MODIFIER_AS && p->seen[MODIFIER_WITH].line > 0) ||
	    (modifier == MODIFIER_WITH && p->seen[MODIFIER_AS].line > 0);
	if (both)
		parse_error(p, place, "\"as\" and \"with\" exclude each other");
	if (p->seen[modifier].line > 0) {
		parse_error(p, place, "%s more than once",
		    modifier_names[modifier]);
		return false;
	}
	p->seen[modifier] = place;
	return !both;
}

/* Ids of -1 mean "leave it" to the kernel. */
static bool
id_of_number(struct policy_parse *p, const struct word *who,
    struct policy_place place, uint32_t *id)
{
	if (who->value >= UINT32_MAX) {
		parse_error(p, place, "number too large");
		return false;
	}
	*id = (uint32_t)who->value;
	return true;
}

/* Whether there is one nobody can say: errno. False. */
static bool
id_is_unsaid(struct policy_parse *p, const char *what, const struct word *who,
    struct policy_place place)
{
	const char *why = strerror(errno);
	char text[REPORT_TEXT_MAX];

	parse_error(p, place, "%s \"%s\": %s", what,
	    report_text(who->text, strlen(who->text), text), why);
	return false;
}

bool
build_user(struct policy_parse *p, const struct word *who,
    struct policy_place place, uint32_t *id)
{
	char text[REPORT_TEXT_MAX], hint[128];
	struct nearest nearest;

	if (who->number)
		return id_of_number(p, who, place, id);
	if (names_user(who->text, id) == 0)
		return true;
	if (errno != 0)
		return id_is_unsaid(p, "user", who, place);
	nearest_start(&nearest, who->text);
	names_offer_users(&nearest);
	parse_error(p, place, "unknown user \"%s\"%s",
	    report_text(who->text, strlen(who->text), text),
	    nearest_hint(&nearest, hint, sizeof(hint)));
	return false;
}

bool
build_group(struct policy_parse *p, const struct word *who,
    struct policy_place place, uint32_t *id)
{
	char text[REPORT_TEXT_MAX], hint[128];
	struct nearest nearest;

	if (who->number)
		return id_of_number(p, who, place, id);
	if (names_group(who->text, id) == 0)
		return true;
	if (errno != 0)
		return id_is_unsaid(p, "group", who, place);
	if (strcmp(who->text, "wheel") == 0) {
		/* Published policies name it; the BSDs give it this number. */
		*id = 0;
		parse_message(p, POLICY_NOTE, place,
		    "there is no group \"wheel\" here: taken for group 0");
		return true;
	}
	nearest_start(&nearest, who->text);
	names_offer_groups(&nearest);
	parse_error(p, place, "unknown group \"%s\"%s",
	    report_text(who->text, strlen(who->text), text),
	    nearest_hint(&nearest, hint, sizeof(hint)));
	return false;
}

static char *
who_written(struct policy_parse *p, const struct word *who)
{
	char number[24];

	if (!who->number)
		return arena_string(p->arena, who->text);
	(void)snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)who->value);
	return arena_string(p->arena, number);
}

int
build_as(struct policy_parse *p, const struct word *user,
    struct policy_place user_place, const struct word *group,
    struct policy_place group_place)
{
	struct policy_identity *identity = &p->rule->identity;
	uint32_t id;

	if (!build_modifier(p, MODIFIER_AS, user_place))
		return 0;
	identity->kind = POLICY_AS;
	if (user != NULL) {
		identity->user = who_written(p, user);
		if (identity->user == NULL)
			return -1;
		identity->has_uid = build_user(p, user, user_place, &id);
		if (identity->has_uid)
			identity->uid = id;
	}
	if (group != NULL) {
		identity->group = who_written(p, group);
		if (identity->group == NULL)
			return -1;
		identity->has_gid = build_group(p, group, group_place, &id);
		if (identity->has_gid)
			identity->gid = id;
	}
	return 0;
}

/* Remembers how the capabilities were written, in their full names. */
static int
with_written(struct policy_parse *p, struct policy_identity *identity,
    const char *name)
{
	const char *before;
	char *written;
	size_t len;

	before = identity->user == NULL ? "" : identity->user;
	len = strlen(before) + strlen(name) + 2;
	written = arena_alloc(p->arena, len);
	if (written == NULL)
		return -1;
	(void)snprintf(written, len, "%s%s%s", before,
	    before[0] == '\0' ? "" : "+", name);
	identity->user = written;
	return 0;
}

int
build_with(struct policy_parse *p, const char *name, struct policy_place place)
{
	struct policy_identity *identity = &p->rule->identity;
	char text[REPORT_TEXT_MAX], hint[128], printed[32];
	struct nearest nearest;
	int cap;

	if (identity->kind == POLICY_AS)
		return 0;
	cap = names_capability(name);
	(void)report_text(name, strlen(name), text);
	if (cap == -1) {
		nearest_start(&nearest, name);
		names_offer_capabilities(&nearest);
		parse_error(p, place, "unknown capability \"%s\"%s", text,
		    nearest_hint(&nearest, hint, sizeof(hint)));
		return 0;
	}
	if (identity->caps & (UINT64_C(1) << cap)) {
		parse_error(p, place, "\"%s\" more than once", text);
		return 0;
	}
	identity->kind = POLICY_WITH;
	identity->caps |= UINT64_C(1) << cap;
	if (names_capability_print(cap, printed) == NULL)
		return -1;
	return with_written(p, identity, printed);
}

void
build_limit(struct policy_parse *p, enum policy_limit limit, uint64_t count,
    struct policy_place place, const char *unit, struct policy_place unit_place)
{
	if (!build_modifier(p, MODIFIER_LIMIT, place))
		return;
	if (count < 1 || count > UINT32_MAX)
		parse_error(p, place,
		    "found %llu, expected a number from 1 to %u",
		    (unsigned long long)count, UINT32_MAX);
	if (limit == POLICY_RATE &&
	    (strlen(unit) != 1 || strchr("smh", unit[0]) == NULL))
		parse_error(p, unit_place,
		    "found \"%.16s\", expected s, m or h", unit);
	p->rule->limit = limit;
	p->rule->count = (uint32_t)count;
	p->rule->unit = unit[0];
}

int
build_exclusive(struct policy_parse *p, char *name, struct policy_place place)
{
	if (!build_modifier(p, MODIFIER_EXCLUSIVE, place))
		return 0;
	if (name[0] == '\0')
		parse_error(p, place, "found an empty name");
	p->rule->exclusive = name;
	return 0;
}

int
build_filter(struct policy_parse *p, char *text, struct policy_place place)
{
	struct sock_filter *insns;
	unsigned short count;
	char reason[256];

	if (!build_modifier(p, MODIFIER_FILTER, place))
		return 0;
	p->rule->filter = text;
	insns = NULL;
	if (policy_packet_filter(text, 0, &insns, &count, reason,
		sizeof(reason)) == -1)
		parse_error(p, place, "filter: %s", reason);
	free(insns);
	return 0;
}

int
build_device(struct policy_parse *p, char *name, struct policy_place place)
{
	size_t i, len;
	bool good;

	if (!build_modifier(p, MODIFIER_DEVICE, place))
		return 0;
	p->rule->device = name;
	/* What the kernel's dev_valid_name() takes. */
	len = strlen(name);
	good = len > 0 && len < IFNAMSIZ && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
	for (i = 0; i < len; i++)
		good = good && strchr("/: \t\n\v\f\r", name[i]) == NULL;
	if (!good)
		parse_error(p, place,
		    "expected the name of a network interface");
	return 0;
}
