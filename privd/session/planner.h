/* SPDX-License-Identifier: ISC */
/*
 * The steps of planning, each of which may end it with a reason.
 */
#ifndef PRIVD_SESSION_PLANNER_H
#define PRIVD_SESSION_PLANNER_H

#include <stdbool.h>
#include <stddef.h>

#include "places.h"

#include "session.h"

#define SYSTEM_POLICIES PRIVD_SYSCONFDIR "/privd/policies"
#define SYSTEM_TEMPLATES PRIVD_SYSCONFDIR "/privd/templates"

/* Where the reason goes. */
struct planner {
	const struct session_options *options;
	struct session_plan *plan;
	char *reason;
	size_t len;
};

/* Writes the reason; the status. */
int plan_refuse(const struct planner *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ~/.privd, or ~/.systrace where that is not; false: there is no such. */
bool plan_user_folder(const char *home, char *, size_t len);

/*
 * Each returns 0, or the exit status with the reason written.
 *
 * The caller's name and home, if he has an account. Without memory, or if
 * nobody knows, there is no plan: rules that name $HOME or $USER, those that
 * deny among them, would not hold.
 */
int plan_account(const struct planner *);
/*
 * The policies of the program itself, of those that are loaded; their
 * digests.
 */
int plan_policies(struct planner *);
/* The hands that its rules need, and whether the program may have what they
   do: the guard, and the filters of their sockets. */
int plan_elevation(struct planner *);
/* All that it can reach, and the filter for that. */
int plan_reach(struct planner *);
/* Of a plan that will be made again and again, whose regime is there: its
   filter is kept, see known.h. */
void plan_know_filter(struct session_plan *);

#endif /* PRIVD_SESSION_PLANNER_H */
