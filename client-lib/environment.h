/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_CLIENT_ENVIRONMENT_H
#define PRIVD_CLIENT_ENVIRONMENT_H

/*
 * Takes out of an environment (NULL at its end) what an elevated program is
 * not to be told by its user, in place; the strings stay the caller's. What
 * stays is in environment.c, and in privrun(1); and what is named in further,
 * which ends with NULL and may be NULL.
 */
void environment_clean(char **, const char *const *further);

#endif /* PRIVD_CLIENT_ENVIRONMENT_H */
