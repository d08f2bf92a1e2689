/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_ENVIRONMENT_H
#define PRIVD_SESSION_ENVIRONMENT_H

/*
 * Takes out of an environment (NULL at its end) what an elevated program is
 * not to be told by its user, in place; the strings stay the caller's. What
 * stays is in environment.c, and in privrun(1).
 */
void environment_clean(char **);

#endif /* PRIVD_SESSION_ENVIRONMENT_H */
