/* SPDX-License-Identifier: ISC */
/*
 * What became of an execve that was let go on. The kernel has read the path,
 * the script's first line and the arguments again: at the next call of the
 * process what runs is compared with what was judged, and what is neither
 * that nor what ran before is killed, before the call is answered.
 */
#include <sys/auxv.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "call.h"
#include "digest.h"
#include "journal.h"
#include "judge.h"
#include "lineage.h"
#include "record.h"
#include "send_signal.h"
#include "words.h"

#define DEATH_TRIES 2000 /* milliseconds */
#define AUXV_MAX 64      /* entries */

/* Has the thread that called execve come back, or gone with the old image? */
static bool
is_decided(struct judge *judge, const struct call *call)
{
	const struct thread *caller;
	pid_t tid = call->process->exec.tid;

	if (call->thread->tid == tid)
		return true;
	caller = process_find(judge->table, tid);
	return caller == NULL || caller->process != call->process;
}

/*
 * Did it succeed? The image tells, unless it is the one that ran before, as
 * with two scripts of one interpreter: then what the kernel laid out anew.
 * In doubt nothing was executed, and the old policy stays.
 */
static bool
has_executed(const struct process *process, const struct stat *image,
    const struct birth *birth)
{
	if (!process->exec.any && !resolve_same(image, &process->exec.image))
		return false;
	if (!resolve_same(image, &process->image))
		return true;
	return birth_is_other(birth, &process->exec.birth);
}

/*
 * The value of an entry, as the kernel laid it out for the image: of 32-bit
 * ones each is two words of 32 bits. The first entry is not nothing, so that
 * the upper half of its type tells which.
 */
static uint64_t
auxv_value(const void *auxv, size_t len, uint64_t type)
{
	const uint64_t *wide = auxv;
	const uint32_t *narrow = auxv;
	size_t i;

	if (len >= 2 * sizeof(*narrow) && narrow[1] != 0) {
		for (i = 0; (i + 2) * sizeof(*narrow) <= len; i += 2)
			if (narrow[i] == type)
				return narrow[i + 1];
		return 0;
	}
	for (i = 0; (i + 2) * sizeof(*wide) <= len; i += 2)
		if (wide[i] == type)
			return wide[i + 1];
	return 0;
}

/* The kernel's own copy of the path that was executed, by auxv. 0 or errno. */
static int
executed_path(struct judge *judge, struct call *call, char *path, size_t size)
{
	uint64_t auxv[2 * AUXV_MAX], addr;
	ssize_t n;
	int fd;

	fd = reach_openat(&judge->reach, call->thread->folder, "auxv",
	    O_RDONLY);
	if (fd == -1)
		return errno;
	n = read(fd, auxv, sizeof(auxv));
	close(fd);
	addr = n > 0 ? auxv_value(auxv, (size_t)n, AT_EXECFN) : 0;
	return addr == 0 ? ENOENT :
			   call_copy_string(judge, call, addr, path, size);
}

/*
 * Is it the script that was judged? Of scripts the image is the interpreter,
 * whatever the script. This is asked at an early call of the new image, which
 * has not run a line of its script yet.
 */
static bool
is_judged_script(struct judge *judge, struct call *call)
{
	const struct exec_watch *watch = &call->process->exec;
	char path[PATH_MAX];
	struct resolve_pin pin;
	bool same;

	if (!watch->is_script)
		return true;
	if (executed_path(judge, call, path, sizeof(path)) != 0)
		return false;
	resolve_pin_init(&pin);
	same = call_walk(judge, call, path, &pin) == 0 && !pin.missing &&
	    resolve_same(&pin.st, &watch->script);
	resolve_clear(&pin);
	return same;
}

/* It runs what was judged, and is kin to what it forks from now on. */
static void
take_over(struct judge *judge, struct process *process, const struct stat *st,
    const struct birth *birth)
{
	const struct exec_watch *watch = &process->exec;
	struct choice *choices = NULL;
	struct kin *kin = NULL;

	process->regime = watch->regime;
	process->image = *st;
	process->birth = *birth;
	(void)strlcpy(process->program, watch->program,
	    sizeof(process->program));
	lineage_saw_image(judge, st);
	/* A predecessor may have come that far. */
	if (judge->succeeds)
		kin = kin_find(&judge->kin, NULL, st, birth);
	if (kin != NULL && kin->regime == process->regime) {
		process_join(process, kin);
		return;
	}
	kin = NULL;
	/* Without memory it has no kin, and what it forks may nothing. */
	if (choice_add_all(&choices, process->choices) == 0)
		kin = kin_enter(&judge->kin, st, birth, process->regime,
		    process->program);
	if (kin != NULL) {
		kin->elevated = process->elevated;
		kin->choices = choices;
		journal_kin(judge, kin);
	} else {
		choice_free(&choices);
	}
	process_join(process, kin);
}

/*
 * What could not be read was a script, or something else that is interpreted,
 * it seems: natively its interpreter runs, and cannot read it either. That it
 * was this one cannot be proved, so whatever runs may nothing.
 */
static void
take_nothing(struct judge *judge, struct call *call, const struct stat *st,
    const struct birth *birth)
{
	struct exec_watch *watch = &call->process->exec;

	record_note(judge,
	    "pid %d: %s cannot be read, and was not run itself: what "
	    "interprets it may nothing",
	    call->process->tgid, watch->program);
	watch->regime = lineage_nothing(judge);
	if (watch->regime == NULL)
		call_condemn(judge, call, "no memory");
	else
		take_over(judge, call->process, st, birth);
}

/* Did what was judged unread become something else? */
static bool
is_unread_other(const struct process *process, const struct stat *st,
    const struct birth *birth)
{
	return process->exec.unread &&
	    !resolve_same(st, &process->exec.image) &&
	    (!resolve_same(st, &process->image) ||
		birth_is_other(birth, &process->exec.birth));
}

/* Kills what is neither what was judged nor what ran before. */
static void
verify(struct judge *judge, struct call *call, const struct stat *st)
{
	struct process *process = call->process;
	const struct exec_watch *watch = &process->exec;
	struct birth birth;

	lineage_read_birth(judge, call, &birth);
	if (is_unread_other(process, st, &birth)) {
		take_nothing(judge, call, st, &birth);
	} else if (!has_executed(process, st, &birth)) {
		if (!resolve_same(st, &process->image))
			call_condemn(judge, call,
			    "runs another file than %s, which was judged",
			    watch->program);
	} else if (!is_judged_script(judge, call)) {
		call_condemn(judge, call,
		    "runs another file than %s, which was judged",
		    watch->program);
	} else if (!digest_holds(judge, call)) {
		call_condemn(judge, call,
		    "runs %s with other content than its policy's Digest says",
		    watch->program);
	} else if (!words_hold(judge, call)) {
		call_condemn(judge, call,
		    "runs %s with other arguments than were judged",
		    watch->program);
	} else {
		take_over(judge, process, st, &birth);
	}
}

/* To look may take long, and another thread may call meanwhile: nothing of it
   is judged before. */
static void
wait_for_others(struct judge *judge, const struct exec_watch *watch)
{
	const struct timespec moment = { 0, 1000000 };

	while (watch->settling) {
		judge_leave(judge);
		(void)nanosleep(&moment, NULL);
		judge_return(judge);
	}
}

void
call_settle_exec(struct judge *judge, struct call *call)
{
	struct process *process = call->process;
	struct exec_watch *watch = &process->exec;
	struct stat st;
	int result;

	wait_for_others(judge, watch);
	if (watch->tid == 0)
		return;
	process_drop_handles(process);
	if (!is_decided(judge, call))
		return;
	call->thread->creds_known = false;
	result = process_image(judge->table, call->thread, call->ticket.id,
	    &st);
	if (result == -1)
		memset(&st, 0, sizeof(st));
	/* Of what is not judged it is enough to know its kin. */
	watch->settling = true;
	if (result != -1 || !watch->any)
		verify(judge, call, &st);
	watch->settling = false;
	process_end_watch(process);
	journal_process(judge, process);
}

/*
 * A pidfd of the caller's process, which may be gone already and its number
 * somebody else's: -1 then. (Another thread's exec ends the caller and not
 * its process: that one has its leader.)
 */
static int
pin_caller(struct judge *judge, const struct call *call)
{
	int pidfd = (int)syscall(SYS_pidfd_open, call->process->tgid, 0);
	const struct thread *leader;

	if (pidfd == -1 || notify_valid(judge->listener, call->ticket.id))
		return pidfd;
	leader = process_find(judge->table, call->process->tgid);
	if (leader != NULL && leader->process == call->process)
		return pidfd;
	close(pidfd);
	return -1;
}

void
call_condemn(struct judge *judge, struct call *call, const char *fmt, ...)
{
	const struct timespec moment = { 0, 1000000 };
	char why[PATH_MAX + 128];
	int tries, pidfd;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	call->process->condemned = true;
	call->process->elevated = false;
	journal_process(judge, call->process);
	pidfd = pin_caller(judge, call);
	if (pidfd == -1)
		return;
	send_signal_kill(judge, call->process->tgid, pidfd, "%s", why);
	close(pidfd);
	/* Unanswered it does nothing more: until the keeper's signal comes. */
	judge_leave(judge);
	for (tries = 0; tries < DEATH_TRIES &&
	     notify_valid(judge->listener, call->ticket.id);
	     tries++)
		(void)nanosleep(&moment, NULL);
	judge_return(judge);
}
