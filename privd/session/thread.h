/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_THREAD_H
#define PRIVD_SESSION_THREAD_H

#include <pthread.h>

#define THREAD_STACK ((size_t)1024 * 1024)

/*
 * Starts a thread that nobody joins; *thread may be NULL. Its stack is only
 * as large as it must be: a session may have many. 0 or an errno.
 */
int thread_start(pthread_t *thread, void *(*function)(void *), void *);

#endif /* PRIVD_SESSION_THREAD_H */
