/* SPDX-License-Identifier: ISC */
/*
 * What this kernel has of what sessions use, or must be closed to them. It is
 * asked, not believed: each function tries, and changes nothing.
 */
#ifndef PRIVD_CMD_KERNEL_H
#define PRIVD_CMD_KERNEL_H

#include <stdbool.h>

/* System calls are delivered to a listener as sessions need it. */
bool kernel_notifies(void);

/* Only deadly signals interrupt a call that was delivered:
   SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV. */
bool kernel_waits_killable(void);

/* Whoever answers is woken on the same processor:
   SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP. */
bool kernel_wakes_at_once(void);

bool kernel_has_getfd(void);        /* pidfd_getfd(2) */
bool kernel_has_guard(void);        /* CAP_BLOCK_SUSPEND can be had */
bool kernel_has_peer_pidfd(void);   /* SO_PEERPIDFD */
bool kernel_has_thread_pidfd(void); /* PIDFD_THREAD */
bool kernel_has_io_uring(void);     /* and this process may use it */
bool kernel_runs_32bit(void);       /* programs of 32 bits, by int 0x80 */

/* How far Yama keeps processes from one another: 0 to 3; 0: there is none. */
int kernel_yama(void);

/* Somebody's filter that this process is under has a listener already. */
bool kernel_has_listener(void);

#endif /* PRIVD_CMD_KERNEL_H */
