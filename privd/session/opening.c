/* SPDX-License-Identifier: ISC */
/*
 * Opening as the caller: what has an effect has it only where its descriptor
 * can be delivered, what may wait is left to a worker, and what is the
 * opener's own (terminal, /proc) is opened as the program's.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../perform/perform.h"
#include "call.h"
#include "judge.h"
#include "record.h"
#include "room.h"
#include "worker.h"

#define WALKS_MAX 8 /* of a path that is made and removed meanwhile */

/* "/dev/tty" is the opener's: here, the program's controlling terminal. */
static int
open_terminal(const struct call *call)
{
	char text[1024], path[64];
	unsigned int device, n;
	struct stat st;
	ssize_t len;
	char *p;
	int fd;

	fd = openat(call->thread->folder, "stat", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	p = strrchr(text, ')'); /* a name may hold anything */
	if (p == NULL || sscanf(p, ") %*c %*d %*d %*d %u", &device) != 1 ||
	    device == 0) {
		errno = ENXIO;
		return -1;
	}
	n = (device & 0xff) | (device >> 12 & 0xfff00);
	if ((device >> 8 & 0xfff) >= 136)
		(void)snprintf(path, sizeof(path), "/dev/pts/%u",
		    n + ((device >> 8 & 0xfff) - 136) * 256);
	else
		(void)snprintf(path, sizeof(path),
		    n < 64 ? "/dev/tty%u" : "/dev/ttyS%u", n < 64 ? n : n - 64);
	fd = open(path,
	    ((int)call->how.flags & ~(O_CREAT | O_EXCL | O_TRUNC)) | O_NOCTTY |
		O_CLOEXEC);
	if (fd != -1 &&
	    (fstat(fd, &st) == -1 ||
		st.st_rdev != makedev(device >> 8 & 0xfff, n))) {
		close(fd);
		errno = ENXIO;
		return -1;
	}
	return fd;
}

/* With the right to look into its own folder of /proc, if it lies there. */
static int
open_own(struct judge *judge, struct call *call)
{
	bool own;
	int fd;

	judge_leave(judge);
	own = call_raise_own(call, &call->pin[0]);
	fd = perform_open(&call->pin[0], call->how.flags,
	    (mode_t)call->how.mode);
	if (own)
		reach_lower(&judge->reach);
	judge_return(judge);
	return fd;
}

/*
 * What was judged as missing is there now: walk and judge again, for it is
 * another object. False: the call is answered.
 */
static bool
walk_again(struct judge *judge, struct call *call)
{
	int error;

	resolve_clear(&call->pin[0]);
	error = call_pin(judge, call);
	if (error == 0)
		error = call_rejudge(judge, call);
	if (error == 0)
		return true;
	call_refuse(judge, call, error);
	return false;
}

/* A file was made whose descriptor nobody got: it is taken away again. */
static int
unmake(struct judge *judge, const struct call *call, int error)
{
	const struct resolve_pin *pin = &call->pin[0];
	struct stat st;

	if (fstatat(pin->parent, pin->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 0 && st.st_nlink == 1 &&
	    unlinkat(pin->parent, pin->name, 0) == 0)
		return error;
	record_note(judge, "%s was made, and its descriptor not delivered",
	    pin->path);
	return EIO;
}

/* What was cut off stays so, whoever has its descriptor: that is said. */
static int
note_cut(struct judge *judge, const struct call *call, int error)
{
	if ((call->how.flags & O_TRUNC) == 0 ||
	    !S_ISREG(call->pin[0].st.st_mode))
		return error;
	record_note(judge, "%s was cut off, and its descriptor not delivered",
	    call->pin[0].path);
	return EIO;
}

/*
 * Such a descriptor cannot be handed over, and a reading one would be more. So
 * the kernel opens it, and reads the path again: whoever changes it meanwhile
 * has a descriptor of something else, without access, and whatever takes that
 * one is judged by the name of its object (pathonly.h). The flags must not
 * change: they are in registers, where openat2 has them in memory.
 */
static bool
may_go_on(const struct call *call)
{
	const struct policy_rule *rule = call->verdict.rule;
	uint64_t flags;

	/* What is elevated was not meant to be had as the caller. */
	if (rule != NULL && rule->identity.kind != POLICY_AS_CALLER)
		return false;
	return call->regime->pathonly &&
	    sys_open_flags(call->row, call->regs, &flags) &&
	    (flags & O_PATH) != 0;
}

static void
open_path_only(struct judge *judge, struct call *call)
{
	if (!may_go_on(call))
		call_refuse(judge, call, EOPNOTSUPP);
	else if (call->pin[0].missing)
		call_refuse(judge, call, ENOENT);
	else
		call_continue(judge, call);
}

void
call_open(struct judge *judge, struct call *call)
{
	struct resolve_pin *pin = &call->pin[0];
	bool cloexec = (call->how.flags & O_CLOEXEC) != 0;
	bool made = false;
	int fd = -1, tries;

	if ((call->how.flags & O_PATH) != 0) {
		open_path_only(judge, call);
		return;
	}
	if (!pin->missing && call_is_too_large(call, &pin->st) &&
	    perform_open_error(pin, call->how.flags) == 0) {
		call_refuse(judge, call, EOVERFLOW);
		return;
	}
	if (!pin->missing && S_ISFIFO(pin->st.st_mode)) {
		judge_leave(judge);
		worker_settle(&pin->st);
		judge_return(judge);
	}
	if (!pin->missing && S_ISCHR(pin->st.st_mode) &&
	    pin->st.st_rdev == makedev(5, 0)) {
		fd = open_terminal(call);
	} else if (!pin->missing &&
	    perform_open_error(pin, call->how.flags) == 0 &&
	    perform_may_block(&pin->st, call->how.flags)) {
		worker_open(judge, call, cloexec);
		return;
	} else {
		if (perform_creates(pin, call->how.flags) &&
		    call_adopt_umask(judge, call) != 0) {
			call_refuse(judge, call, ESRCH);
			return;
		}
		/* No effect without a place for its descriptor. */
		if ((call->how.flags & (O_CREAT | O_TRUNC)) != 0 &&
		    !room_for_descriptor(call->thread->folder)) {
			call_refuse(judge, call, EMFILE);
			return;
		}
		call_begin(call);
		fd = open_own(judge, call);
		for (tries = 0; fd == -1 && errno == PERFORM_WALK_AGAIN &&
		     tries < WALKS_MAX;
		     tries++) {
			if (!walk_again(judge, call))
				return;
			fd = open_own(judge, call);
		}
		if (fd == -1 && errno == PERFORM_WALK_AGAIN)
			errno = EAGAIN;
		made = fd != -1 && pin->missing;
	}
	if (fd == -1)
		call_refuse(judge, call, errno);
	else
		call_give(judge, call, fd, cloexec, made ? unmake : note_cut);
}
