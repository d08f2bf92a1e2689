/* SPDX-License-Identifier: ISC */
/*
 * The list of kin, newest first. Those that are forgotten have no member that
 * was ever seen and is alive; a fork of them that was never seen is then
 * nobody's, and gets nothing.
 */
#include "kin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"

#define KIN_MAX 8192

int
choice_add(struct choice **choices, const struct policy_image *image,
    const struct policy_rule *rule)
{
	struct choice *choice;

	for (choice = *choices; choice != NULL; choice = choice->next)
		if (choice->rule == rule)
			return 0;
	choice = calloc(1, sizeof(*choice));
	if (choice == NULL)
		return -1;
	choice->image = image;
	choice->rule = rule;
	choice->next = *choices;
	*choices = choice;
	return 0;
}

int
choice_add_all(struct choice **choices, const struct choice *others)
{
	for (; others != NULL; others = others->next)
		if (choice_add(choices, others->image, others->rule) == -1)
			return -1;
	return 0;
}

void
choice_free(struct choice **choices)
{
	struct choice *choice;

	while ((choice = *choices) != NULL) {
		*choices = choice->next;
		free(choice);
	}
}

static void
free_kin(struct kin *kin)
{
	journal_forget_kin(kin);
	choice_free(&kin->choices);
	free(kin->program);
	free(kin);
}

/* The older half of those without members. */
static void
forget_old(struct kin_list *list)
{
	struct kin **p = &list->newest, *kin;
	size_t idle = 0, kept = 0;

	for (kin = list->newest; kin != NULL; kin = kin->next)
		idle += kin->members == 0;
	while ((kin = *p) != NULL) {
		if (kin->members > 0 || kept < idle / 2) {
			kept += kin->members == 0;
			p = &kin->next;
			continue;
		}
		*p = kin->next;
		list->count--;
		free_kin(kin);
	}
}

struct kin *
kin_enter(struct kin_list *list, const struct stat *image,
    const struct birth *birth, struct regime *regime, const char *program)
{
	struct kin *kin;

	if (list->count >= KIN_MAX)
		forget_old(list);
	kin = calloc(1, sizeof(*kin));
	if (kin == NULL)
		return NULL;
	kin->program = strdup(program);
	if (kin->program == NULL) {
		free(kin);
		return NULL;
	}
	kin->dev = image->st_dev;
	kin->ino = image->st_ino;
	kin->birth = *birth;
	kin->regime = regime;
	kin->next = list->newest;
	list->newest = kin;
	list->count++;
	return kin;
}

void
kin_join(struct kin *kin)
{
	if (kin != NULL)
		kin->members++;
}

void
kin_leave(struct kin *kin)
{
	if (kin != NULL)
		kin->members--;
}

struct kin *
kin_find(const struct kin_list *list, const struct kin *last,
    const struct stat *image, const struct birth *birth)
{
	struct kin *kin = last == NULL ? list->newest : last->next;

	if (!birth_is_known(birth))
		return NULL;
	for (; kin != NULL; kin = kin->next)
		if (kin->dev == image->st_dev && kin->ino == image->st_ino &&
		    birth_is_same(&kin->birth, birth))
			break;
	return kin;
}

void
kin_free(struct kin_list *list)
{
	struct kin *kin;

	while ((kin = list->newest) != NULL) {
		list->newest = kin->next;
		free_kin(kin);
	}
	list->count = 0;
}
