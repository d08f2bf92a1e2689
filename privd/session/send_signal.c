/* SPDX-License-Identifier: ISC */
/*
 * Whoever has the judge in hand may ask for signals as well: so the keeper
 * sends the three that calls come with, and to programs of the session's user
 * that are under a filter, alone.
 */
#include "../compat.h"
#include "send_signal.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "channel.h"
#include "judge.h"
#include "record.h"
#include "status.h"

/* A pidfd comes along, of a thread; or of a process, with the thread's id. */
struct signal_request {
	int32_t sig;
	int32_t tid; /* 0: the pidfd's own */
};

/* Workers ask as well, and an answer is for whoever asked. */
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

/* Waits until it was done. */
static void
ask(const struct judge *judge, const struct signal_request *request, int pidfd)
{
	char done;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;

	(void)pthread_mutex_lock(&asking);
	if (channel_send(judge->signals, request, sizeof(*request), &pidfd,
		1) == 0 &&
	    channel_answer(judge->signals, &done, sizeof(done), fds, &nfds) > 0)
		channel_close_all(fds, nfds);
	(void)pthread_mutex_unlock(&asking);
}

void
send_signal_kill(struct judge *judge, pid_t tgid, int pidfd, const char *fmt,
    ...)
{
	const struct signal_request request = { SIGKILL, 0 };
	char why[RECORD_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	record_note(judge, "pid %d %s: killed", tgid, why);
	ask(judge, &request, pidfd);
}

/* Pending before the call is answered, as it is when the kernel sends it. */
void
send_signal_thread(struct judge *judge, int sig, int pidfd, pid_t tgid,
    pid_t tid)
{
	struct signal_request request = { sig, 0 };
	int fd = pidfd;

	if (pidfd == -1) {
		fd = (int)syscall(SYS_pidfd_open, tgid, 0);
		request.tid = tid;
	}
	if (fd == -1)
		return;
	ask(judge, &request, fd);
	if (fd != pidfd)
		close(fd);
}

/* --- the keeper's side */

static int
pid_of(int pidfd)
{
	char path[64], line[256];
	int pid = -1;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	fp = fopen(path, "re");
	if (fp == NULL)
		return -1;
	while (fgets(line, sizeof(line), fp) != NULL)
		(void)sscanf(line, "Pid: %d", &pid);
	(void)fclose(fp);
	return pid;
}

/*
 * Whoever has the judge in hand may ask: only the session's user's own. Root's
 * program may have become anybody, and its judge is root itself.
 */
static bool
is_of_user(int pid, uid_t user)
{
	struct status st;
	int folder, result, i;

	folder = pid > 0 ? status_folder(pid) : -1;
	if (folder == -1)
		return false;
	result = status_read(folder, &st);
	close(folder);
	for (i = 0; i < 4 && result == 0; i++)
		if (user != 0 && st.uid[i] != user)
			return false;
	return result == 0 && st.filters > 0;
}

/* Of a kernel whose pidfds are of processes alone, the thread by its id: of
   that process only if it lives still, when the thread is pinned. */
static void
signal_thread(int pid, int pidfd, int tid, int sig)
{
	struct pollfd alive = { .fd = pidfd, .events = POLLIN };
	int thread = (int)syscall(SYS_pidfd_open, tid, COMPAT_PIDFD_THREAD);
	bool old = thread == -1 && errno == EINVAL;
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, tid);
	if (access(path, F_OK) == 0 && poll(&alive, 1, 0) == 0) {
		if (thread != -1)
			(void)syscall(SYS_pidfd_send_signal, thread, sig, NULL,
			    0);
		else if (old)
			(void)syscall(SYS_tgkill, pid, tid, sig);
	}
	if (thread != -1)
		close(thread);
}

static void
act(const struct signal_request *request, int pidfd, uid_t user)
{
	int pid = pid_of(pidfd);

	if (request->sig != SIGKILL && request->sig != SIGPIPE &&
	    request->sig != SIGXFSZ)
		return;
	if (!is_of_user(pid, user))
		return;
	if (request->tid > 0)
		signal_thread(pid, pidfd, request->tid, request->sig);
	else
		(void)syscall(SYS_pidfd_send_signal, pidfd, request->sig, NULL,
		    0);
}

int
send_signal_serve(int channel, uid_t user)
{
	struct signal_request request;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;
	ssize_t n;

	n = channel_receive(channel, &request, sizeof(request), fds, &nfds);
	if (n == sizeof(request) && nfds == 1)
		act(&request, fds[0], user);
	channel_close_all(fds, nfds);
	if (n <= 0)
		return 0;
	(void)channel_send(channel, "", 1, NULL, 0);
	return 1;
}
