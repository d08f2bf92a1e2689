/* SPDX-License-Identifier: ISC */
/*
 * execve: judged on the pinned file, let go on, and verified afterwards. The
 * kernel reads the path again, so another file may come to run than was
 * judged; at the next call of the process its executable is compared with
 * the pinned one, and what is neither that nor what ran before is killed.
 * Until then it had only what every policy permits without condition.
 *
 * Elevation ends when an execve is let go on, whatever comes of it; so those
 * that must fail are answered here, as a search along PATH makes them.
 */
#include <sys/auxv.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "../perform/perform.h"
#include "call.h"
#include "image.h"
#include "judge.h"
#include "record.h"
#include "status.h"

#define DEATH_TRIES 2000 /* milliseconds */
#define AUXV_MAX 64      /* entries */
#define SCRIPTS_MAX 5    /* scripts of scripts, as the kernel has it */

/* Would the kernel refuse to execute it? 0, or the errno. */
static int
check_executable(const struct resolve_pin *pin)
{
	struct statvfs fs;

	if (pin->missing)
		return ENOENT;
	if (S_ISLNK(pin->st.st_mode))
		return ELOOP;
	if (!S_ISREG(pin->st.st_mode))
		return EACCES;
	if (fstatvfs(pin->object, &fs) == 0 && (fs.f_flag & ST_NOEXEC) != 0)
		return EACCES;
	return perform_access(pin->object, X_OK) == -1 ? errno : 0;
}

/* The policies of the program that is to run, by the rule's child form. */
static struct regime *
next_regime(struct judge *judge, const struct call *call)
{
	const struct policy_rule *rule = call->verdict.rule;
	struct policy_set *set = judge->plan->policies;
	struct filter_pair pair;

	if (judge->plan->options.inherit ||
	    (rule != NULL && rule->child == POLICY_CHILD_INHERIT))
		return call->regime;
	pair.first = policy_find(set, POLICY_SYSTEM, call->pin[0].path);
	pair.second = policy_find(set, POLICY_USER, call->pin[0].path);
	if (pair.first == NULL) {
		pair.first = pair.second;
		pair.second = NULL;
	}
	/* The filter was made for known policies alone. */
	if (pair.first == NULL || !judge_knows(judge, pair))
		return NULL;
	return judge_regime(judge, pair);
}

/*
 * The file that will be mapped: the pinned one, or the interpreter that a
 * script names, found in the program's own root and folder as the kernel
 * will. 0 or errno.
 */
static int
find_image(struct judge *judge, struct call *call, struct stat *image)
{
	char interpreter[IMAGE_LINE_MAX];
	struct resolve_pin pin;
	int depth, fd, error, file = call->pin[0].object;

	resolve_pin_init(&pin);
	*image = call->pin[0].st;
	for (depth = 0; depth < SCRIPTS_MAX; depth++) {
		judge_leave(judge);
		fd = perform_reopen(file, O_RDONLY, 0);
		error = fd == -1 ?
		    0 :
		    image_interpreter(fd, interpreter, sizeof(interpreter));
		judge_return(judge);
		if (fd == -1) /* executable and not readable: no script */
			break;
		close(fd);
		if (error == 0 && interpreter[0] == '\0')
			break;
		resolve_clear(&pin);
		if (error == 0)
			error = call_walk(judge, call, interpreter, &pin);
		if (error == 0)
			error = check_executable(&pin);
		if (error != 0) {
			resolve_clear(&pin);
			return error;
		}
		*image = pin.st;
		file = pin.object;
	}
	resolve_clear(&pin);
	return depth == SCRIPTS_MAX ? ELOOP : 0;
}

static void
look_at_birth(struct judge *judge, const struct call *call, struct birth *birth)
{
	reach_raise(&judge->reach);
	birth_read(call->thread->folder, birth);
	reach_lower(&judge->reach);
}

static void
go_on(struct judge *judge, struct call *call, struct regime *regime,
    const struct stat *image, const struct stat *script, const char *program)
{
	struct exec_watch *watch = &call->process->exec;
	bool fresh;

	/* The thread that executes becomes its leader: whom it is known by. */
	if (process_find(judge->table, call->process->tgid) == NULL &&
	    process_enter(judge->table, call->process->tgid, &fresh) == NULL) {
		call_refuse(judge, call, EAGAIN);
		return;
	}
	look_at_birth(judge, call, &watch->birth);
	judge_saw_image(judge, image, regime, program);
	watch->is_script = !resolve_same(image, script);
	watch->script = *script;
	watch->tid = call->thread->tid;
	watch->image = *image;
	watch->regime = regime;
	(void)strlcpy(watch->program, program, sizeof(watch->program));
	process_drop_handles(call->process);
	call_continue(judge, call);
}

void
call_execute(struct judge *judge, struct call *call)
{
	struct regime *regime;
	struct stat image;
	int error;

	error = call->walk_error;
	/* Another thread's is on its way: what comes of it must be seen. (The
	   kernel lets one wait for the other, and the one that won ends it.) */
	if (error == 0 && call->process->exec.tid != 0)
		error = EAGAIN;
	if (error == 0)
		error = check_executable(&call->pin[0]);
	if (error == 0)
		error = find_image(judge, call, &image);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	regime = next_regime(judge, call);
	if (regime == NULL) {
		record_note(judge,
		    "execve of %s by pid %d (%s) denied: no "
		    "policy for it in this session; see permit[inherit] and "
		    "-i",
		    call->pin[0].path, call->process->tgid,
		    call->process->program);
		call_refuse(judge, call, EPERM);
		return;
	}
	call->process->elevated = false;
	if (resolve_same(&image, &judge->plan->image_st))
		judge->blurred = true;
	go_on(judge, call, regime, &image, &call->pin[0].st, call->pin[0].path);
}

void
call_launch(struct judge *judge, struct call *call)
{
	struct status st;

	if (status_read(call->thread->folder, &st) == -1) {
		call_refuse(judge, call, EPERM);
		return;
	}
	judge->filters = st.filters;
	judge->launched = true;
	/* What the launcher executes nobody else can change. */
	go_on(judge, call, call->process->regime, &judge->plan->image_st,
	    &judge->plan->image_st, judge->plan->program);
}

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
has_executed(struct judge *judge, const struct call *call,
    const struct stat *image)
{
	const struct process *process = call->process;
	struct birth birth;

	if (!resolve_same(image, &process->exec.image))
		return false;
	if (!resolve_same(image, &process->image))
		return true;
	look_at_birth(judge, call, &birth);
	return birth_differs(&birth, &process->exec.birth);
}

/* The kernel's own copy of the path that was executed, by auxv. 0 or errno. */
static int
executed_path(struct judge *judge, struct call *call, char *path, size_t size)
{
	uint64_t auxv[2 * AUXV_MAX];
	ssize_t n, i;
	int fd;

	fd = reach_openat(&judge->reach, call->thread->folder, "auxv",
	    O_RDONLY);
	if (fd == -1)
		return errno;
	n = read(fd, auxv, sizeof(auxv));
	close(fd);
	for (i = 0; (i + 2) * (ssize_t)sizeof(auxv[0]) <= n; i += 2)
		if (auxv[i] == AT_EXECFN)
			return call_copy_string(judge, call, auxv[i + 1], path,
			    size);
	return ENOENT;
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

void
call_settle_exec(struct judge *judge, struct call *call)
{
	struct process *process = call->process;
	struct exec_watch *watch = &process->exec;
	struct stat st;

	if (watch->tid == 0)
		return;
	process_drop_handles(process);
	if (!is_decided(judge, call))
		return;
	watch->tid = 0;
	call->thread->creds_known = false;
	if (process_image(judge->table, call->thread, call->ticket.id, &st) ==
	    -1)
		memset(&st, 0, sizeof(st));
	if (has_executed(judge, call, &st) && is_judged_script(judge, call)) {
		process->regime = watch->regime;
		process->image = st;
		(void)strlcpy(process->program, watch->program,
		    sizeof(process->program));
		judge_saw_image(judge, &st, watch->regime, watch->program);
	} else if (!resolve_same(&st, &process->image) ||
	    has_executed(judge, call, &st)) {
		call_condemn(judge, call, watch->program);
	}
}

void
call_condemn(struct judge *judge, struct call *call, const char *judged)
{
	const struct timespec moment = { 0, 1000000 };
	int tries;

	call->process->condemned = true;
	call->process->elevated = false;
	record_kill(judge, call->process->tgid, judged);
	/* Unanswered it does nothing more: until the keeper's signal comes. */
	judge_leave(judge);
	for (tries = 0; tries < DEATH_TRIES &&
	     notify_valid(judge->listener, call->ticket.id);
	     tries++)
		(void)nanosleep(&moment, NULL);
	judge_return(judge);
}
