/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_ROOM_H
#define PRIVD_SESSION_ROOM_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * Is a descriptor free in the process whose /proc folder this is? Asked
 * before what has an effect; where the kernel does not tell (before Linux
 * 6.2, or not to us), the answer is yes.
 */
bool room_for_descriptor(int folder);

/* May this file become so long, under the thread's RLIMIT_FSIZE? */
bool room_for_size(int folder, const struct stat *, int64_t size);

#endif /* PRIVD_SESSION_ROOM_H */
