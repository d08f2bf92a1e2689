/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_HAND_JAIL_H
#define PRIVD_SESSION_HAND_JAIL_H

struct session_plan;

/* Enters the seccomp filter of that hand, or of the double. -1 with errno. */
int hand_jail(const struct session_plan *, unsigned int hand);
int hand_jail_double(void);

#endif /* PRIVD_SESSION_HAND_JAIL_H */
