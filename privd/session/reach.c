/* SPDX-License-Identifier: ISC */
/*
 * The judge's side of reaching into the program. The guard is effective only
 * while such an opening is made: with it effective all the time, what the
 * judge opens for one program as "the caller" could be another guarded
 * program's /proc files, which the caller itself may not open.
 */
#include "../compat.h"
#include "reach.h"

#include <sys/syscall.h>

#include <linux/capability.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "channel.h"
#include "identity.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)

/* Effective in this thread all the time. */
static _Thread_local uint64_t resting;

void
reach_rest(uint64_t caps)
{
	resting = caps;
}

void
reach_raise(struct reach *reach)
{
	uint64_t all = reach->guard | resting;

	if (reach->guard != 0)
		(void)identity_set_caps(all, all, 0);
}

void
reach_raise_own(struct reach *reach)
{
	uint64_t all = reach->guard | resting;
	uint64_t looking = GUARD | 1ULL << CAP_SYS_PTRACE;

	if (reach->guard != 0)
		(void)identity_set_caps(all, resting | (reach->guard & looking),
		    0);
}

void
reach_lower(struct reach *reach)
{
	uint64_t all = reach->guard | resting;
	int error = errno;

	if (reach->guard != 0 && identity_set_caps(all, resting, 0) == -1)
		_exit(1); /* never go on with more than is right */
	errno = error;
}

int
reach_openat(struct reach *reach, int folder, const char *name, int flags)
{
	int fd;

	reach_raise(reach);
	fd = openat(folder, name, flags | O_CLOEXEC);
	reach_lower(reach);
	return fd;
}

/* Threads of the judge ask one after the other. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static struct reach_request request; /* of whoever has it */

static int
ask(struct reach *reach, int *fd)
{
	struct reach_reply reply = { 0 };
	int fds[CHANNEL_FDS_MAX];
	size_t nfds = 0, len;
	ssize_t n = -1;

	len = offsetof(struct reach_request, data) + request.len;
	if (channel_send(reach->fetcher, &request, len, NULL, 0) == 0)
		n = channel_answer(reach->fetcher, &reply, sizeof(reply), fds,
		    &nfds);
	if (n == (ssize_t)sizeof(reply) && reply.error == 0 &&
	    nfds == (fd != NULL ? 1U : 0U)) {
		if (fd != NULL)
			*fd = fds[0];
		return 0;
	}
	channel_close_all(fds, nfds);
	errno = n == (ssize_t)sizeof(reply) && reply.error > 0 ? reply.error :
								 EIO;
	return -1;
}

static void
start_request(enum reach_op op, uint64_t id, pid_t tid)
{
	memset(&request, 0, offsetof(struct reach_request, data));
	request.op = op;
	request.id = id;
	request.tid = tid;
}

static const char *
name_of(enum reach_what what, int number, char *buf, size_t size)
{
	static const char *const names[] = {
		[REACH_MEM] = "mem",
		[REACH_MAPS] = "maps",
		[REACH_ROOT] = "root",
		[REACH_CWD] = "cwd",
		[REACH_EXE] = "exe",
	};

	if (what != REACH_FD)
		return names[what];
	(void)snprintf(buf, size, "fd/%d", number);
	return buf;
}

int
reach_open(struct reach *reach, uint64_t id, pid_t tid, int procfd,
    enum reach_what what, int number)
{
	char name[32];
	int fd;

	fd = reach_openat(reach, procfd,
	    name_of(what, number, name, sizeof(name)),
	    what == REACH_MEM || what == REACH_MAPS ? O_RDONLY : O_PATH);
	if (fd != -1 || reach->fetcher == -1 ||
	    (errno != EACCES && errno != EPERM))
		return fd;
	/* Not dumpable (mode 0711): its files are root's. */
	(void)pthread_mutex_lock(&turn);
	start_request(REACH_OPEN, id, tid);
	request.what = what;
	request.number = number;
	if (ask(reach, &fd) == -1)
		fd = -1;
	(void)pthread_mutex_unlock(&turn);
	return fd;
}

/* Its leader may have exited, or have other descriptors. Where the kernel has
   pidfds of leaders alone the leader's are taken. */
int
reach_pidfd(pid_t tid, pid_t tgid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, tid, COMPAT_PIDFD_THREAD);

	if (pidfd == -1 && errno == EINVAL)
		pidfd = (int)syscall(SYS_pidfd_open, tgid, 0);
	return pidfd;
}

static int
take_directly(struct reach *reach, pid_t tid, pid_t tgid, int number)
{
	int pidfd, fd, error;

	pidfd = reach_pidfd(tid, tgid);
	if (pidfd == -1)
		return -1;
	reach_raise(reach);
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	reach_lower(reach);
	error = errno;
	close(pidfd);
	errno = error;
	return fd;
}

int
reach_take(struct reach *reach, uint64_t id, pid_t tid, pid_t tgid, int number)
{
	int fd;

	if (reach->fetcher == -1)
		return take_directly(reach, tid, tgid, number);
	(void)pthread_mutex_lock(&turn);
	start_request(REACH_TAKE, id, tid);
	request.number = number;
	if (ask(reach, &fd) == -1)
		fd = -1;
	(void)pthread_mutex_unlock(&turn);
	return fd;
}

int
reach_put(int memory, uint64_t addr, const void *data, size_t len)
{
	ssize_t n = pwrite(memory, data, len, (off_t)addr);

	if (n == (ssize_t)len)
		return 0;
	/* EINVAL: an address that is the kernel's. */
	return n == -1 && errno != EIO && errno != EINVAL ? errno : EFAULT;
}

/* Of what does not show its memory (mode 0711). */
static int
ask_to_write(struct reach *reach, uint64_t id, pid_t tid, uint64_t addr,
    const void *data, size_t len)
{
	int result;

	if (len > sizeof(request.data)) {
		errno = E2BIG;
		return -1;
	}
	(void)pthread_mutex_lock(&turn);
	start_request(REACH_WRITE, id, tid);
	request.addr = addr;
	request.len = (uint32_t)len;
	memcpy(request.data, data, len);
	result = ask(reach, NULL);
	(void)pthread_mutex_unlock(&turn);
	return result;
}

/*
 * By a descriptor of its memory, which is pinned when the call is still there
 * afterwards: a number could be another's when it comes to writing.
 */
int
reach_write(struct reach *reach, uint64_t id, pid_t tid, uint64_t addr,
    const void *data, size_t len)
{
	char path[32];
	int memory, error = ESRCH;

	if (len == 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	memory = reach_openat(reach, AT_FDCWD, path, O_WRONLY);
	if (memory == -1 && reach->fetcher != -1 &&
	    (errno == EACCES || errno == EPERM))
		return ask_to_write(reach, id, tid, addr, data, len);
	if (memory == -1)
		return -1;
	if (notify_valid(reach->listener, id))
		error = reach_put(memory, addr, data, len);
	close(memory);
	errno = error;
	return error == 0 ? 0 : -1;
}

int
reach_who(int fetcher, uint64_t id, pid_t number, struct reach_who *who,
    int *exe)
{
	struct reach_who reply = { .error = EIO };
	int fds[CHANNEL_FDS_MAX];
	size_t nfds = 0;
	ssize_t n = -1;

	*exe = -1;
	if (fetcher == -1) {
		errno = EACCES;
		return -1;
	}
	(void)pthread_mutex_lock(&turn);
	start_request(REACH_WHO, id, number);
	if (channel_send(fetcher, &request,
		offsetof(struct reach_request, data), NULL, 0) == 0)
		n = channel_answer(fetcher, &reply, sizeof(reply), fds, &nfds);
	(void)pthread_mutex_unlock(&turn);
	if (n != (ssize_t)sizeof(reply) || nfds > 1 || reply.error != 0) {
		channel_close_all(fds, nfds);
		errno = n == (ssize_t)sizeof(reply) && reply.error > 0 ?
		    reply.error :
		    EIO;
		return -1;
	}
	if (nfds == 1)
		*exe = fds[0];
	if (who != NULL)
		*who = reply;
	return 0;
}
