/* SPDX-License-Identifier: ISC */
/*
 * Performing calls on pinned objects, with the identity of the process that
 * calls these functions: the judge's (the caller's own) or a hand's. Nothing
 * here knows a rule; nothing here looks a path up again.
 *
 * All return -1 with the errno that the program shall get.
 */
#ifndef PRIVD_PERFORM_H
#define PRIVD_PERFORM_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct resolve_pin;
struct sock_filter;

/* Reads the sysctls that openings in shared folders depend on. */
void perform_init(void);

/*
 * open(2) of what was pinned, with the program's flags, as the kernel would
 * have done it; umask is the process's. EAGAIN_WALK: the object appeared or
 * vanished since the walk, which must be taken anew. Returns a descriptor,
 * close-on-exec; it never becomes a controlling terminal.
 */
#define PERFORM_WALK_AGAIN 4095
int perform_open(const struct resolve_pin *, uint64_t flags, mode_t mode);
/* Reopens an O_PATH descriptor. */
int perform_reopen(int pin, uint64_t flags, mode_t mode);
/* Can opening it wait for somebody else (FIFO, device)? */
bool perform_may_block(const struct stat *, uint64_t flags);
/* The flags that decide without effect: would a creation be tried? */
bool perform_creates(const struct resolve_pin *, uint64_t flags);

int perform_access(int pin, int mode);
int perform_unlink(const struct resolve_pin *);
int perform_rmdir(const struct resolve_pin *);
int perform_mkdir(const struct resolve_pin *, mode_t mode);
int perform_truncate(int pin, int64_t length);
int perform_utimes(int pin, const struct timespec times[2]);
ssize_t perform_getxattr(int pin, const char *name, void *, size_t);
ssize_t perform_listxattr(int pin, char *, size_t);

/*
 * socket(2). With filter (a program of count instructions, or NULL) it is
 * attached and locked before the socket can receive; device (NULL: any)
 * binds a raw socket to an interface.
 */
int perform_socket(int domain, int type, int protocol,
    const struct sock_filter *filter, unsigned short count, const char *device);
int perform_bind(int sock, int parent, const char *name, const void *sa,
    socklen_t len);
int perform_connect(int sock, int object, const void *sa, socklen_t len);

#endif /* PRIVD_PERFORM_H */
