/* SPDX-License-Identifier: ISC */
/*
 * The loader that a program names: what the kernel maps with it, and begins in.
 */
#ifndef PRIVD_SESSION_LOADER_H
#define PRIVD_SESSION_LOADER_H

#include <limits.h>

/*
 * Of an open ELF file of either class: the name in its first PT_INTERP, as the
 * kernel takes it; "" if it has none. 0, or errno: ENOEXEC for what the kernel
 * would not execute.
 */
int loader_of(int fd, char name[PATH_MAX]);

#endif /* PRIVD_SESSION_LOADER_H */
