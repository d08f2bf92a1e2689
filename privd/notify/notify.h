/* SPDX-License-Identifier: ISC */
/*
 * The listener: installing it, receiving notifications, answering them, and
 * reading the memory of the thread that waits. See seccomp_unotify(2).
 *
 * A notification's id is the guard against a process id that was reused: what
 * was read counts only if notify_valid() holds after the reading.
 */
#ifndef PRIVD_NOTIFY_H
#define PRIVD_NOTIFY_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sock_filter;
struct seccomp_notif;

/* The machine's own ABI in struct seccomp_data; needs linux/audit.h. */
#if defined(__x86_64__)
#define NOTIFY_ARCH AUDIT_ARCH_X86_64
#else
#define NOTIFY_ARCH AUDIT_ARCH_AARCH64
#endif

/* Room for the kernel's struct seccomp_notif, which may grow. */
#define NOTIFY_SIZE_MAX 256

/*
 * Is what the kernel delivers within NOTIFY_SIZE_MAX? To be called once
 * before the others; -1 with ENOSYS or E2BIG if not.
 */
int notify_init(void);
/* Keeps answering and answered thread on one CPU where the kernel can. */
void notify_prefer_one_cpu(int listener);

/*
 * Waits for the next notification. 1: received; 0: nothing this time (its
 * thread died, a signal); -1: no process is left under the filter.
 */
int notify_receive(int listener, struct seccomp_notif *);
/* Does its thread still wait for the answer? */
bool notify_valid(int listener, uint64_t id);

/* Answers. ENOENT (-1): the thread is gone. */
int notify_answer(int listener, uint64_t id, int64_t value);
int notify_refuse(int listener, uint64_t id, int error);
/*
 * Lets the kernel perform the call itself, re-reading what it names: only
 * for verdicts that rest on nothing that the program can change.
 */
int notify_continue(int listener, uint64_t id);
/*
 * Installs fd in the thread's process, which is still to be answered with
 * the number that is returned: in two steps, as an interrupted ADDFD_FLAG_SEND
 * makes the call return 0 on kernels as new as 6.18. -1 with errno (EMFILE:
 * the program is at its limit).
 */
int notify_give(int listener, uint64_t id, int fd, bool cloexec);

/*
 * Copies len bytes at addr of the memory behind memfd (/proc/T/mem).
 * Returns 0; or -1 with EFAULT, or ESRCH when that memory is gone (exec).
 */
int notify_read(int memfd, uint64_t addr, void *, size_t len);
/* The same to the first NUL; ENAMETOOLONG if there is none within size. */
ssize_t notify_read_string(int memfd, uint64_t addr, char *, size_t size);

#endif /* PRIVD_NOTIFY_H */
