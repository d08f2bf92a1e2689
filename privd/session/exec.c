/* SPDX-License-Identifier: ISC */
/*
 * execve: judged on the pinned file, let go on, and verified afterwards
 * (settle.c), for the kernel reads again what was judged. Until then the new
 * image has only what every policy permits without condition.
 *
 * Elevation ends when an execve is let go on, whatever comes of it; so those
 * that must fail are answered here, as a search along PATH makes them.
 */
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "../perform/perform.h"
#include "call.h"
#include "heir.h"
#include "image.h"
#include "judge.h"
#include "lineage.h"
#include "record.h"
#include "status.h"
#include "words.h"

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

/*
 * A program's policies are those of its name, where that is the broker's own:
 * in another root, or another mount namespace, anybody can have that name.
 */
static void
find_own(struct judge *judge, const struct call *call, struct heir_own *own)
{
	own->system = own->user = NULL;
	if (call->process->own_root && !call->pin[0].outside)
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
next_regime(struct judge *judge, const struct call *call)
{
	static const char *const reasons[] = {
		[HEIR_NO_POLICY] =
		    "no policy for it in this session, and no default that "
		    "permits all; see permit[inherit] and -i",
		[HEIR_NO_OTHER] = "no policy of the name that the rule gives",
		[HEIR_TOO_MANY] = "more than 8 policies would confine it",
	};
	enum heir_result result;
	struct filter_set heir;
	struct heir_own own;

	if (judge->plan->options.inherit)
		return call->regime;
	find_own(judge, call, &own);
	result = heir_of(judge->plan, &call->regime->set, call->rules, &own,
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

/* What comes to run for a path. */
struct executable {
	struct stat image; /* what will be mapped */
	struct stat file;  /* what was named: the same, or a script */
	struct words_head head;
	bool is_script;
};

/* The script's name as the kernel hands it to the interpreter. 0 or errno. */
static int
start_head(const struct call *call, struct words_head *head)
{
	int folder = strcmp(call->row->name, "execveat") == 0 ?
	    (int)call->regs[0] :
	    AT_FDCWD;
	char name[PATH_MAX + 32];

	if (call->path[0][0] == '/' || folder == AT_FDCWD)
		(void)snprintf(name, sizeof(name), "%s", call->path[0]);
	else
		(void)snprintf(name, sizeof(name), "/dev/fd/%d%s%s", folder,
		    call->path[0][0] == '\0' ? "" : "/", call->path[0]);
	return words_prepend(head, name) ? 0 : E2BIG;
}

/* One script more: the kernel puts its interpreter in the place of argv[0]. */
static int
add_to_head(struct call *call, const char *script,
    const struct image_line *line, struct words_head *head)
{
	int error = 0;

	if (head->len == 0)
		error = start_head(call, head);
	else {
		words_behead(head);
		error = words_prepend(head, script) ? 0 : E2BIG;
	}
	if (error == 0 && line->has_argument &&
	    !words_prepend(head, line->argument))
		error = E2BIG;
	if (error == 0 && !words_prepend(head, line->interpreter))
		error = E2BIG;
	return error;
}

/* Follows a script to its interpreter, found in the program's own root and
   folder as the kernel will. 0 or errno. */
static int
follow_script(struct judge *judge, struct call *call, const char *script,
    const struct image_line *line, struct executable *executable,
    struct resolve_pin *pin)
{
	int error;

	error = add_to_head(call, script, line, &executable->head);
	resolve_clear(pin);
	if (error == 0)
		error = call_walk(judge, call, line->interpreter, pin);
	if (error == 0)
		error = check_executable(pin);
	if (error != 0)
		return error;
	executable->image = pin->st;
	executable->is_script = true;
	return 0;
}

/*
 * The file that will be mapped: the pinned one, or the interpreter that a
 * script names. 0 or errno.
 */
static int
find_image(struct judge *judge, struct call *call,
    struct executable *executable)
{
	char script[IMAGE_LINE_MAX] = "";
	struct image_line line;
	struct resolve_pin pin;
	int depth, fd, error = 0, file = call->pin[0].object;

	resolve_pin_init(&pin);
	memset(executable, 0, sizeof(*executable));
	executable->image = executable->file = call->pin[0].st;
	for (depth = 0; depth <= IMAGE_SCRIPTS_MAX; depth++) {
		judge_leave(judge);
		fd = perform_reopen(file, O_RDONLY, 0);
		error = fd == -1 ? 0 : image_first_line(fd, &line);
		judge_return(judge);
		if (fd == -1) /* executable and not readable: no script */
			break;
		close(fd);
		if (error != 0 || line.interpreter[0] == '\0')
			break;
		error = follow_script(judge, call, script, &line, executable,
		    &pin);
		if (error != 0)
			break;
		(void)strlcpy(script, line.interpreter, sizeof(script));
		file = pin.object;
	}
	resolve_clear(&pin);
	return depth > IMAGE_SCRIPTS_MAX ? ELOOP : error;
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
	watch->any = false;
	return 0;
}

static void
go_on(struct judge *judge, struct call *call, struct regime *regime,
    const struct executable *executable, const char *program)
{
	struct exec_watch *watch = &call->process->exec;

	lineage_saw_image(judge, &executable->image);
	watch->is_script = executable->is_script;
	watch->script = executable->file;
	watch->image = executable->image;
	watch->regime = regime;
	judge->released = judge->released || regime->is_released;
	(void)strlcpy(watch->program, program, sizeof(watch->program));
	watch->tid = call->thread->tid;
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

static int
prepare(struct judge *judge, struct call *call, struct executable *executable)
{
	int error;

	error = call->walk_error;
	if (error == 0)
		error = check_executable(&call->pin[0]);
	if (error == 0)
		error = find_image(judge, call, executable);
	return error;
}

void
call_execute(struct judge *judge, struct call *call)
{
	struct executable executable;
	struct regime *regime;
	int error;

	error = prepare(judge, call, &executable);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	regime = next_regime(judge, call);
	if (regime == NULL || !may_leave_guard(judge, call)) {
		call_refuse(judge, call, EPERM);
		return;
	}
	error = start_watch(judge, call);
	if (error == 0)
		error = words_keep(call,
		    executable.is_script ? &executable.head : NULL);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
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

	memset(&executable, 0, sizeof(executable));
	if (status_read(call->thread->folder, &st) == -1 ||
	    start_watch(judge, call) != 0) {
		call_refuse(judge, call, EPERM);
		return;
	}
	judge->filters = st.filters;
	judge->launched = true;
	/* What the launcher executes nobody else can change. */
	executable.image = executable.file = judge->plan->image_st;
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
		watch->is_script = false;
		watch->regime = process->regime;
		(void)strlcpy(watch->program, process->program,
		    sizeof(watch->program));
		watch->tid = call->thread->tid;
	}
	process_drop_handles(process);
	call_continue(judge, call);
}
