/* SPDX-License-Identifier: ISC */
/* Sessions of a monitor that was here before. */
#ifndef PRIVD_ADOPTION_H
#define PRIVD_ADOPTION_H

#include <stddef.h>

struct monitor;

/* Those of the register that are not known yet become children; how many of all
   came so. */
size_t adoption_all(struct monitor *);

#endif /* PRIVD_ADOPTION_H */
