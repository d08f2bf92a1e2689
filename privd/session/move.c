/* SPDX-License-Identifier: ISC */
/*
 * chdir, fchdir and chroot: the kernel reads the path again, so the program
 * may come to stand elsewhere than was judged. As long as such a call may be
 * under way, and once after it, its folders are compared with those that were
 * judged and those it had, at every notification of the session, before
 * anything is answered. A process that stands elsewhere is killed.
 *
 * Who can change what: other threads of the process share its folders; their
 * moves are in the same list. What it does without being notified it does in
 * a folder that it could have had a descriptor of anyway. What it forks there
 * is in no list: in another folder its files are judged by their own names all
 * the same; but in another root those are other names, so that roots are asked
 * of every caller.
 */
#include "move.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../perform/perform.h"
#include "../resolve/resolve.h"
#include "call.h"
#include "birth.h"
#include "judge.h"
#include "send_signal.h"
#include "status.h"

#define WHY "stands in another folder than %s, which was judged"

static struct moves first, *kept = &first;
static size_t nmoves;

static struct move *
end_of_moves(void)
{
	return kept->moves + kept->used;
}

static void
forget(struct move *move)
{
	if (move->folder != -1)
		close(move->folder);
	close(move->process);
	move->tgid = 0;
	nmoves--;
}

/* Its folders, which the predecessor had open. False: it is gone. */
static bool
reopen(struct move *move)
{
	struct status st;

	move->process = status_folder(move->tgid);
	if (move->process == -1)
		return false;
	if (birth_started(move->tgid) != move->start) {
		close(move->process);
		return false;
	}
	move->folder = status_folder(move->tid);
	if (move->folder != -1 &&
	    (status_read(move->folder, &st) == -1 || st.tgid != move->tgid)) {
		close(move->folder);
		move->folder = -1;
	}
	return true;
}

int
moves_keep(struct moves *moves)
{
	struct move *move;

	kept = moves;
	if (kept->nroots > ROOTS_MAX || kept->used > MOVES_MAX)
		return -1;
	for (move = kept->moves; move < end_of_moves(); move++) {
		move->path[sizeof(move->path) - 1] = '\0';
		if (move->tgid <= 0 || !reopen(move))
			move->tgid = 0;
		else
			nmoves++;
	}
	return 0;
}

static struct move *
find_place(void)
{
	struct move *move;

	for (move = kept->moves; move < end_of_moves(); move++)
		if (move->tgid == 0)
			return move;
	if (kept->used == MOVES_MAX)
		return NULL;
	kept->used++;
	return move;
}

static bool
is_gone(int folder)
{
	return faccessat(folder, "status", F_OK, 0) == -1;
}

/* Where a thread of the process stands. */
static int
look(struct judge *judge, const struct call *call, const struct move *move,
    pid_t tid, int folder, struct stat *st)
{
	int fd, result;

	fd = reach_open(&judge->reach, call->ticket.id, tid, folder,
	    move->root ? REACH_ROOT : REACH_CWD, 0);
	if (fd == -1)
		return -1;
	result = fstat(fd, st);
	close(fd);
	return result;
}

/* Could the kernel do it? 0 or errno; rights are its own business. */
static int
check_target(const struct resolve_pin *pin)
{
	if (pin->missing || pin->object == -1)
		return ENOENT;
	if (!S_ISDIR(pin->st.st_mode))
		return ENOTDIR;
	return perform_access(pin->object, X_OK) == -1 ? errno : 0;
}

/* The folders of the caller and its process: as long as the one is there the
   number of the other is no stranger's. */
static int
pin_caller(const struct call *call, struct move *move)
{
	move->folder = fcntl(call->thread->folder, F_DUPFD_CLOEXEC, 3);
	move->process = status_folder(call->process->tgid);
	if (move->folder != -1 && move->process != -1 && !is_gone(move->folder))
		return 0;
	if (move->folder != -1)
		close(move->folder);
	if (move->process != -1)
		close(move->process);
	return -1;
}

/* Does any of the process's moves explain that it stands there? */
static bool
is_explained(pid_t tgid, bool root, const struct stat *st)
{
	const struct move *other;

	for (other = kept->moves; other < end_of_moves(); other++)
		if (other->tgid == tgid && other->root == root &&
		    (resolve_same(&other->before, st) ||
			resolve_same(&other->target, st)))
			return true;
	return false;
}

static bool
is_root(const struct stat *st)
{
	size_t i;

	for (i = 0; i < kept->nroots; i++)
		if (resolve_same(&kept->roots[i], st))
			return true;
	return false;
}

/* False: there are too many. */
static bool
add_root(const struct stat *st)
{
	if (is_root(st))
		return true;
	if (kept->nroots == ROOTS_MAX)
		return false;
	kept->roots[kept->nroots] = *st;
	kept->nroots++;
	return true;
}

static int
look_before(struct judge *judge, const struct call *call, struct move *move)
{
	if (look(judge, call, move, move->tid, move->folder, &move->before) ==
	    -1)
		return EPERM;
	if (!move->root || judge->roots_free)
		return 0;
	/* Another's move can have ended since the caller was looked at: what it
	   came to is no root by that. */
	if (kept->nroots > 0 && !is_root(&move->before))
		return EAGAIN;
	return add_root(&move->before) && add_root(&move->target) ? 0 : EPERM;
}

static int
enter(struct judge *judge, struct call *call)
{
	struct move *move = find_place();
	int error;

	if (move == NULL || pin_caller(call, move) == -1)
		return EAGAIN;
	move->tid = call->thread->tid;
	move->root = call->base->op == SYS_OP_CHROOT;
	move->done = false;
	move->start = birth_started(call->process->tgid);
	move->target = call->pin[0].st;
	(void)strlcpy(move->path, call->pin[0].path, sizeof(move->path));
	error = look_before(judge, call, move);
	if (error != 0) {
		close(move->folder);
		close(move->process);
		return error;
	}
	move->tgid = call->process->tgid;
	nmoves++;
	return 0;
}

void
call_move(struct judge *judge, struct call *call)
{
	int error = call->walk_error;

	if (error == 0)
		error = check_target(&call->pin[0]);
	if (error == 0)
		error = enter(judge, call);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	if (call->base->op == SYS_OP_CHROOT) {
		judge->roots_move = true;
		process_drop_handles(call->process);
	}
	call_continue(judge, call);
}

/* Those of a process all of whose moves are done, or which is no more. */
static void
sweep(pid_t tgid)
{
	struct move *move;

	for (move = kept->moves; move < end_of_moves(); move++)
		if (move->tgid == tgid && !move->done)
			return;
	for (move = kept->moves; move < end_of_moves(); move++)
		if (move->tgid == tgid)
			forget(move);
}

static void
kill_other(struct judge *judge, const struct move *move)
{
	int pidfd = (int)syscall(SYS_pidfd_open, move->tgid, 0);

	if (pidfd == -1)
		return;
	/* Its number cannot be another's as long as it is there. */
	if (!is_gone(move->process))
		send_signal_kill(judge, move->tgid, pidfd, WHY, move->path);
	close(pidfd);
}

/*
 * Where the process stands, by the thread that moved; if that has ended (as a
 * leader it leaves a zombie), by the caller, if that is one of its threads.
 * False: nobody can say for now.
 */
static bool
find_where(struct judge *judge, const struct call *call, struct move *move,
    struct stat *st)
{
	if (move->tid == call->thread->tid)
		move->done = true;
	if (look(judge, call, move, move->tid, move->folder, st) == 0)
		return true;
	memset(st, 0, sizeof(*st)); /* nowhere that was judged */
	if (errno != ENOENT && !is_gone(move->folder))
		return true;
	if (move->tgid != call->process->tgid)
		return false;
	move->done = true;
	(void)look(judge, call, move, call->thread->tid, call->thread->folder,
	    st);
	return true;
}

/* False: the caller's process stands where it must not. */
static bool
settle(struct judge *judge, struct call *call, struct move *move)
{
	bool own = move->tgid == call->process->tgid;
	struct stat st;

	if (is_gone(move->process)) {
		move->done = true;
		return true;
	}
	if (!find_where(judge, call, move, &st) ||
	    is_explained(move->tgid, move->root, &st))
		return true;
	move->done = true;
	if (own)
		call_condemn(judge, call, WHY, move->path);
	else
		kill_other(judge, move);
	return !own;
}

/* It has the call's root, which everything of the call is walked in. */
static bool
stands_in_root(struct judge *judge, struct call *call)
{
	struct resolve_view view;
	struct stat st;

	if (kept->nroots == 0 || judge->roots_free)
		return true;
	if (call_view(judge, call, &view) != 0 || fstat(view.root, &st) == -1)
		return false;
	if (is_root(&st))
		return true;
	call_condemn(judge, call, "has a root that was not judged");
	return false;
}

bool
moves_settle(struct judge *judge, struct call *call)
{
	struct move *move;
	bool good = true;

	if (nmoves == 0)
		return stands_in_root(judge, call);
	for (move = kept->moves; move < end_of_moves(); move++)
		if (move->tgid != 0 && !settle(judge, call, move))
			good = false;
	for (move = kept->moves; move < end_of_moves(); move++)
		if (move->tgid != 0)
			sweep(move->tgid);
	return good && stands_in_root(judge, call);
}
