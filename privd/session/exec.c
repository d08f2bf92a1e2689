/* SPDX-License-Identifier: ISC */
/*
 * execve: judged on the pinned file, let go on, and verified afterwards
 * (settle.c), for the kernel reads again what was judged. Until then the new
 * image has only what every policy permits without condition.
 *
 * Elevation ends when an execve is let go on, whatever comes of it; so those
 * that must fail are answered here, as a search along PATH makes them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "call.h"
#include "digest.h"
#include "executable.h"
#include "heir.h"
#include "journal.h"
#include "judge.h"
#include "lineage.h"
#include "record.h"
#include "status.h"
#include "words.h"

/*
 * A program's policies are those of its name, where that is the broker's own:
 * in another root, or another mount namespace, anybody can have that name.
 */
static void
find_own(struct judge *judge, const struct call *call, struct heir_own *own)
{
	own->system = own->user = NULL;
	if (call_has_own_root(call) && !call->pin[0].outside)
		heir_find_own(judge->plan->policies, call->pin[0].path, own);
}

static void
note_refused(struct judge *judge, const struct call *call, const char *why)
{
	record_note(judge, "execve of %s by pid %d (%s) denied: %s",
	    call->pin[0].path, call->process->tgid, call->process->program,
	    why);
}

/* The policies of the program that is to run; NULL: it may not. */
static struct regime *
next_regime(struct judge *judge, const struct call *call,
    const struct heir_own *own)
{
	static const char *const reasons[] = {
		[HEIR_NO_POLICY] =
		    "no policy for it in this session, and no default that "
		    "permits all; see permit[inherit] and -i",
		[HEIR_NO_OTHER] = "no policy of the name that the rule gives",
		[HEIR_MIXED] = "policies for linux32 and native ones would "
			       "confine it together: it could make no call",
		[HEIR_TOO_MANY] = "more than 8 policies would confine it",
	};
	enum heir_result result;
	struct filter_set heir;

	if (judge->plan->options.inherit)
		return call->regime;
	result = heir_of(judge->plan, &call->regime->set, call->rules, own,
	    &heir);
	if (result != HEIR_FOUND) {
		note_refused(judge, call, reasons[result]);
		return NULL;
	}
	/* The filter was made for known policies alone. */
	if (!judge_knows(judge, &heir)) {
		note_refused(judge, call,
		    "its policy cannot be carried out inside a session");
		return NULL;
	}
	return judge_regime(judge, &heir);
}

/*
 * Starts the watch; its regime and program are the caller's to fill in. 0 or
 * errno; ESRCH: the caller is gone. (What was found out for the call took its
 * time: another thread may have been first.)
 */
static int
start_watch(struct judge *judge, struct call *call)
{
	struct exec_watch *watch = &call->process->exec;
	bool fresh;

	/* Another thread's is on its way: what comes of it must be seen. (The
	   kernel lets one wait for the other, and the one that won ends it.) */
	if (watch->tid != 0)
		return EAGAIN;
	if (!notify_valid(judge->listener, call->ticket.id))
		return ESRCH;
	/* The thread that executes becomes its leader: whom it is known by. */
	if (process_find(judge->table, call->process->tgid) == NULL &&
	    process_enter(judge->table, call->process->tgid, &fresh) == NULL)
		return EAGAIN;
	process_end_watch(call->process);
	lineage_read_birth(judge, call, &watch->birth);
	watch->any = watch->launch = false;
	watch->digest = NULL;
	watch->id = call->ticket.id;
	return 0;
}

/* Does it have the content that the policies want? 0 or errno. */
static int
check_content(struct judge *judge, const struct call *call,
    const struct regime *next, const struct heir_own *own,
    const uint8_t **digest)
{
	const char *why;
	int error;

	error = digest_check(judge, call, &next->set, own, digest, &why);
	if (error != 0)
		note_refused(judge, call, why);
	return error;
}

static void
go_on(struct judge *judge, struct call *call, struct regime *regime,
    const struct executable *executable, const char *program)
{
	struct exec_watch *watch = &call->process->exec;

	lineage_saw_image(judge, &executable->image);
	watch->is_script = executable->is_script;
	watch->unread = executable->unread;
	watch->script = executable->file;
	watch->image = executable->image;
	watch->regime = regime;
	judge->released = judge->released || regime->is_released;
	(void)strlcpy(watch->program, program, sizeof(watch->program));
	watch->tid = call->thread->tid;
	journal_process(judge, call->process);
	process_drop_handles(call->process);
	call_continue(judge, call);
}

/*
 * Under an ambient guard (the program is not marked) what it executes holds
 * the guard as well, and could reach into it. So nothing is executed once
 * something was elevated; and before, whoever executes ends elevation for
 * all. False: it may not be executed.
 */
static bool
may_leave_guard(struct judge *judge, const struct call *call)
{
	const struct session_plan *plan = judge->plan;

	if (!plan->guarded || plan->marked || judge->over)
		return true;
	if (judge->gave) {
		note_refused(judge, call,
		    "the program is elevated without carrying the mark (setcap "
		    "cap_block_suspend=i), so that what it executes could "
		    "reach into it");
		return false;
	}
	record_note(judge,
	    "pid %d (%s) executes %s without carrying the mark (setcap "
	    "cap_block_suspend=i): nothing is elevated any more",
	    call->process->tgid, call->process->program, call->pin[0].path);
	judge->over = true;
	return true;
}

/*
 * The kernel lets nobody look into a process whose program cannot be read:
 * what it became shows through the fetcher alone, and its arguments, with the
 * name of its script, not even so. False: it may not be executed.
 */
static bool
can_be_watched(struct judge *judge, const struct call *call,
    const struct executable *executable)
{
	bool words = judge->plan->uses_argv || judge->plan->uses_envp;

	if (!executable->unread)
		return true;
	if (judge->reach.fetcher != -1 && !words && !executable->is_script)
		return true;
	note_refused(judge, call,
	    "the program cannot be read, so that what runs, or its arguments, "
	    "could not be compared with what was judged");
	return false;
}

/* May it be executed, and under what? 0 or errno. */
static int
permit_execute(struct judge *judge, struct call *call,
    const struct executable *executable, struct regime **regime,
    const uint8_t **digest)
{
	struct heir_own own;
	int error;

	find_own(judge, call, &own);
	*regime = next_regime(judge, call, &own);
	if (*regime == NULL)
		return EPERM;
	error = check_content(judge, call, *regime, &own, digest);
	if (error != 0)
		return error;
	if (!may_leave_guard(judge, call))
		return EPERM;
	return can_be_watched(judge, call, executable) ? 0 : EACCES;
}

void
call_execute(struct judge *judge, struct call *call)
{
	struct executable executable;
	struct regime *regime;
	const uint8_t *digest;
	int error;

	error = call->walk_error;
	if (error == 0)
		error = executable_find(judge, call, &executable);
	if (error == 0)
		error = permit_execute(judge, call, &executable, &regime,
		    &digest);
	if (error == 0)
		error = start_watch(judge, call);
	if (error == 0)
		error = words_keep(call,
		    executable.is_script ? &executable.head : NULL);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	call->process->exec.digest = digest;
	call->process->elevated = false;
	if (resolve_same(&executable.image, &judge->plan->image_st))
		judge->blurred = true;
	go_on(judge, call, regime, &executable, call->pin[0].path);
}

void
call_launch(struct judge *judge, struct call *call)
{
	struct executable executable;
	struct status st;

	/* Until then it has nothing to do but this. */
	if (call->row->disposal != SYS_EXEC ||
	    call->thread->tid != judge->program) {
		call_refuse(judge, call, EPERM);
		return;
	}
	memset(&executable, 0, sizeof(executable));
	if (status_read(call->thread->folder, &st) == -1 ||
	    start_watch(judge, call) != 0) {
		call_refuse(judge, call, EPERM);
		return;
	}
	judge->filters = st.filters;
	judge->launched = true;
	/* What the launcher executes nobody else can change; or that is seen
	   afterwards, as of any. */
	executable.image = executable.file = judge->plan->image_st;
	call->process->exec.digest = digest_of_launch(judge);
	call->process->exec.launch = true;
	go_on(judge, call, call->process->regime, &executable,
	    judge->plan->program);
}

void
call_execute_released(struct judge *judge, struct call *call)
{
	struct process *process = call->process;
	struct exec_watch *watch = &process->exec;

	process->elevated = false;
	/* While another thread's is on its way, that one's watch does. */
	if (start_watch(judge, call) == 0) {
		watch->any = true;
		watch->is_script = watch->unread = false;
		watch->regime = process->regime;
		(void)strlcpy(watch->program, process->program,
		    sizeof(watch->program));
		watch->tid = call->thread->tid;
	}
	journal_process(judge, process);
	process_drop_handles(process);
	call_continue(judge, call);
}
