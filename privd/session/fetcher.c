/* SPDX-License-Identifier: ISC */
/*
 * The fetcher: the only process of a session that holds CAP_SYS_PTRACE. It
 * opens, duplicates or writes what the judge names, and interprets nothing.
 *
 * Whoever has the judge in hand can ask anything here. So each request is
 * held to processes of the session: whose ids are all its user's, whose
 * capabilities lie within the guard, and who wear its badge; checked after the
 * process is pinned by a pidfd, while the notification that asks is pending.
 * Who was found to be one stays one until it ends: it gets no other ids, but
 * in a user namespace of its own, where it has no_new_privs still.
 * Who somebody else is and what that runs is told where policies name
 * processes: to hands, whose judge would lie to them, and to the judge.
 */
#include "fetcher.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <linux/capability.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "../notify/notify.h"
#include "channel.h"
#include "identity.h"
#include "jail.h"
#include "limits.h"
#include "reach.h"
#include "session.h"
#include "status.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)
#define PINS 8 /* a session's threads that call at a time, mostly */

/* A thread of ours. -1 for both where nothing is pinned. */
struct pinned {
	pid_t tid;
	int pidfd;
	int folder; /* its own, of /proc */
};

struct fetcher {
	const struct session_plan *plan;
	int listener;
	struct badge badge;
	struct pollfd channels[SESSION_HANDS_MAX + 1]; /* the judge's first */
	size_t nchannels;
	struct pinned pins[PINS]; /* those that asked last */
	size_t oldest;
	bool keeps; /* the kernel has pidfds of threads */
};

/* By what the kernel keeps of it: none of that is the judge's word. */
static bool
is_ours(const struct fetcher *fetcher, int folder)
{
	struct status_launcher more;
	struct status st;
	uid_t uid = fetcher->plan->caller.uid;
	gid_t gid = fetcher->plan->caller.gid;
	int i;

	if (status_read_launcher(folder, &st, &more) == -1)
		return false;
	for (i = 0; i < 4; i++)
		if (st.uid[i] != uid || st.gid[i] != gid)
			return false;
	/* Else it could be root's by the time at which it is opened. */
	if (!more.no_new_privs)
		return false;
	/* Without a badge there is no guard, nor anybody's who has it. */
	if (fetcher->badge.number == 0)
		return st.permitted == 0;
	return (st.permitted & ~GUARD) == 0 &&
	    badge_is_worn(&fetcher->badge, folder);
}

static void
unpin(struct pinned *pin)
{
	if (pin->pidfd != -1)
		close(pin->pidfd);
	if (pin->folder != -1)
		close(pin->folder);
	pin->pidfd = pin->folder = -1;
	pin->tid = 0;
}

/*
 * Pins the thread, then asks whether it is one of ours. That there is something
 * in its folder after the pidfd was made says that the number was its own until
 * then.
 */
static int
pin_anew(const struct fetcher *fetcher, pid_t tid, struct pinned *pin)
{
	struct status st;

	unpin(pin);
	pin->folder = status_folder(tid);
	if (pin->folder == -1)
		return -1;
	if (status_read(pin->folder, &st) == 0)
		pin->pidfd = reach_pidfd(tid, st.tgid);
	if (pin->pidfd != -1 && is_ours(fetcher, pin->folder)) {
		pin->tid = tid;
		return 0;
	}
	unpin(pin);
	errno = EPERM;
	return -1;
}

/* It has not ended. (By a leader's pidfd nobody could tell of a thread.) */
static bool
goes_on(const struct fetcher *fetcher, const struct pinned *pin)
{
	struct pollfd pfd = { .fd = pin->pidfd, .events = POLLIN };

	return fetcher->keeps && poll(&pfd, 1, 0) == 0;
}

/* Who asked before is pinned already. NULL with errno: not one of ours, or it
   does not wait. */
static const struct pinned *
pin_thread(struct fetcher *fetcher, const struct reach_request *request)
{
	struct pinned *pin = NULL;
	size_t i;

	for (i = 0; i < PINS && pin == NULL; i++)
		if (fetcher->pins[i].tid == request->tid)
			pin = &fetcher->pins[i];
	if (pin == NULL) {
		pin = &fetcher->pins[fetcher->oldest];
		fetcher->oldest = (fetcher->oldest + 1) % PINS;
	}
	if ((pin->tid != request->tid || !goes_on(fetcher, pin)) &&
	    pin_anew(fetcher, request->tid, pin) == -1)
		return NULL;
	if (notify_valid(fetcher->listener, request->id))
		return pin;
	errno = EPERM;
	return NULL;
}

static int
open_part(int folder, const struct reach_request *request)
{
	char name[32];

	switch (request->what) {
	case REACH_MEM:
		return openat(folder, "mem", O_RDONLY | O_CLOEXEC);
	case REACH_MAPS:
		return openat(folder, "maps", O_RDONLY | O_CLOEXEC);
	case REACH_ROOT:
		return openat(folder, "root", O_PATH | O_CLOEXEC);
	case REACH_CWD:
		return openat(folder, "cwd", O_PATH | O_CLOEXEC);
	case REACH_EXE:
		return openat(folder, "exe", O_PATH | O_CLOEXEC);
	case REACH_FD:
		(void)snprintf(name, sizeof(name), "fd/%d", request->number);
		return openat(folder, name, O_PATH | O_CLOEXEC);
	default:
		errno = EINVAL;
		return -1;
	}
}

/* To the memory of who is pinned: its number could be another's by now. (Asked
   once more, it is that of an image that waits.) */
static int
write_memory(const struct fetcher *fetcher, int folder,
    const struct reach_request *request)
{
	int memory = openat(folder, "mem", O_WRONLY | O_CLOEXEC);
	int error = ESRCH;

	if (memory == -1)
		return -1;
	if (notify_valid(fetcher->listener, request->id))
		error = reach_put(memory, request->addr, request->data,
		    request->len);
	close(memory);
	errno = error;
	return error == 0 ? 0 : -1;
}

/* Returns the error; *fd is what was opened, -1 if nothing was to be. */
static int
serve(struct fetcher *fetcher, const struct reach_request *request, int *fd)
{
	const struct pinned *pin = pin_thread(fetcher, request);
	int result;

	*fd = -1;
	if (pin == NULL)
		return errno;
	switch (request->op) {
	case REACH_OPEN:
		result = *fd = open_part(pin->folder, request);
		break;
	case REACH_TAKE:
		result = *fd = (int)syscall(SYS_pidfd_getfd, pin->pidfd,
		    request->number, 0);
		break;
	case REACH_WRITE:
		result = write_memory(fetcher, pin->folder, request);
		break;
	default:
		errno = EINVAL;
		result = -1;
	}
	return result == -1 ? errno : 0;
}

/* Whoever asks pins the process first, and asks it afterwards. */
static void
tell(pid_t number, struct reach_who *who, int *exe)
{
	struct status st;
	int folder;

	memset(who, 0, sizeof(*who));
	*exe = -1;
	folder = status_folder(number);
	if (folder == -1 || status_read(folder, &st) == -1) {
		who->error = ESRCH;
	} else {
		who->tgid = st.tgid;
		memcpy(who->uid, st.uid, sizeof(who->uid));
		memcpy(who->gid, st.gid, sizeof(who->gid));
		who->filters = st.filters;
		who->permitted = st.permitted;
		*exe = openat(folder, "exe", O_PATH | O_CLOEXEC);
	}
	if (folder != -1)
		close(folder);
}

static bool
is_well_formed(const struct reach_request *request, ssize_t n, size_t nfds)
{
	size_t head = offsetof(struct reach_request, data);

	return nfds == 0 && n >= (ssize_t)head &&
	    request->len <= sizeof(request->data) &&
	    (size_t)n == head + request->len && request->tid > 0;
}

static int
send_reply(int channel, const void *reply, size_t len, int fd)
{
	int result = channel_send(channel, reply, len, &fd, fd == -1 ? 0 : 1);

	if (fd != -1)
		close(fd);
	return result;
}

/* One request of the nth channel; -1: nobody is there any more. */
static int
answer(struct fetcher *fetcher, size_t nth)
{
	static struct reach_request request;
	int channel = fetcher->channels[nth].fd;
	struct reach_reply reply;
	struct reach_who who;
	int fds[CHANNEL_FDS_MAX], fd;
	size_t nfds;
	ssize_t n;

	n = channel_receive(channel, &request, sizeof(request), fds, &nfds);
	if (n <= 0)
		return -1;
	if (!is_well_formed(&request, n, nfds)) {
		channel_close_all(fds, nfds);
		return -1;
	}
	if (request.op == REACH_WHO && (nth > 0 || fetcher->plan->names)) {
		tell(request.tid, &who, &fd);
		return send_reply(channel, &who, sizeof(who), fd);
	}
	if (nth > 0)
		return -1;
	reply.error = serve(fetcher, &request, &fd);
	return send_reply(channel, &reply, sizeof(reply), fd);
}

/* Until the judge is gone, or if there was none, the last hand. */
static void
loop(struct fetcher *fetcher)
{
	bool with_judge = fetcher->channels[0].fd != -1;
	size_t left = fetcher->nchannels - !with_judge, i;

	while (left > 0 && (!with_judge || fetcher->channels[0].fd != -1)) {
		if (poll(fetcher->channels, fetcher->nchannels, -1) == -1)
			return;
		for (i = 0; i < fetcher->nchannels; i++) {
			if (fetcher->channels[i].revents == 0 ||
			    answer(fetcher, i) == 0)
				continue;
			close(fetcher->channels[i].fd);
			fetcher->channels[i].fd = -1; /* poll passes it over */
			left--;
		}
	}
}

#define OPENING (O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

static const struct jail_rule allowed[] = {
	{ SYS_recvmsg, 0, 0, 0 },
	{ SYS_sendmsg, 0, 0, 0 },
	{ SYS_close, 0, 0, 0 },
	/* What makes nothing and cuts nothing short: root's are its files. */
	{ SYS_openat, OPENING, O_RDONLY, 2 },
	{ SYS_openat, OPENING, O_WRONLY, 2 },
	{ SYS_read, 0, 0, 0 },
#ifdef SYS_poll
	{ SYS_poll, 0, 0, 0 },
#endif
	{ SYS_ppoll, 0, 0, 0 },
	{ SYS_pidfd_open, 0, 0, 0 },
	{ SYS_pidfd_getfd, 0, 0, 0 },
	{ SYS_pwrite64, 0, 0, 0 },
	{ SYS_ioctl, 0xffffffff, (uint32_t)SECCOMP_IOCTL_NOTIF_ID_VALID, 1 },
};

/* The judge's, hands' and the listener's, the three that all have, what is
   pinned, and what one request opens: a file of a folder's, or what it asks
   for. */
#define OF_REQUEST 2
#define FILES (1 + SESSION_HANDS_MAX + 1 + 3 + 2 * PINS + OF_REQUEST)

/* Before the list of calls is on: of itself. */
static bool
has_thread_pidfds(void)
{
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), COMPAT_PIDFD_THREAD);

	if (pidfd != -1)
		close(pidfd);
	return pidfd != -1;
}

void
fetcher_main(const struct fetcher_start *start)
{
	static struct fetcher fetcher;
	struct identity id = {
		.uid = start->own,
		.gid = start->own,
		.fsuid = 0, /* whose /proc files of mode 0711 programs are */
		.fsgid = start->own,
		.permitted = 1ULL << CAP_SYS_PTRACE,
		.effective = 1ULL << CAP_SYS_PTRACE,
	};
	const struct limits limits = { .files = FILES };
	size_t i;

	fetcher.plan = start->plan;
	fetcher.listener = start->listener;
	fetcher.badge = start->badge;
	fetcher.keeps = has_thread_pidfds();
	for (i = 0; i < PINS; i++)
		fetcher.pins[i].pidfd = fetcher.pins[i].folder = -1;
	fetcher.nchannels = start->nhands + 1;
	fetcher.channels[0].fd = start->judge;
	for (i = 0; i < start->nhands; i++)
		fetcher.channels[i + 1].fd = start->hands[i];
	for (i = 0; i < fetcher.nchannels; i++)
		fetcher.channels[i].events = POLLIN;
	jail_close_stderr();
	if (limits_set(&limits) == -1 ||
	    identity_assume(&id, start->parent) == -1 ||
	    jail_seccomp(allowed, sizeof(allowed) / sizeof(allowed[0])) == -1)
		_exit(SESSION_EXIT_REFUSED);
	loop(&fetcher);
	_exit(0);
}
