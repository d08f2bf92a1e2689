/* SPDX-License-Identifier: ISC */
/*
 * Whose fork is it? A process is first seen at its first notified call, when
 * those between it and a known one may be gone, and the kernel has given it
 * another parent. So forks need not be seen: the image and the places where
 * it was laid out are those of the execve that it descends from (kin.h), and
 * say under which policies it is. The parent, where it is known, says more
 * exactly which choices were made, and what was given up.
 *
 * What nobody can be found for may nothing.
 */
#include "lineage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "call.h"
#include "heir.h"
#include "journal.h"
#include "judge.h"
#include "status.h"

#define LINEAGE_MAX 32 /* parents that are looked through */

/* An executable that was judged. */
struct seen {
	dev_t dev;
	ino_t ino;
	struct seen *next;
};

static struct seen *seen_images;

static bool
was_seen(const struct stat *image)
{
	const struct seen *seen;

	for (seen = seen_images; seen != NULL; seen = seen->next)
		if (seen->dev == image->st_dev && seen->ino == image->st_ino)
			return true;
	return false;
}

void
lineage_recall_image(const struct stat *image)
{
	struct seen *seen;

	seen = calloc(1, sizeof(*seen));
	if (seen == NULL)
		return;
	seen->dev = image->st_dev;
	seen->ino = image->st_ino;
	seen->next = seen_images;
	seen_images = seen;
}

void
lineage_saw_image(struct judge *judge, const struct stat *image)
{
	(void)judge;
	if (was_seen(image))
		return;
	journal_image(image);
	lineage_recall_image(image);
}

void
lineage_read_birth(struct judge *judge, const struct call *call,
    struct birth *birth)
{
	reach_raise(&judge->reach);
	birth_read(call->thread->folder, birth);
	reach_lower(&judge->reach);
}

/*
 * The parent of a folder's process: its own folder, and its parent. False if
 * that is not certain: a parent that dies gives its number to others, and its
 * children to the first process of its namespace.
 */
static bool
look_up(int child, pid_t ppid, int *folder, struct status *st)
{
	struct status again;

	*folder = status_folder(ppid);
	if (*folder == -1)
		return false;
	if (status_read(*folder, st) == 0 && status_read(child, &again) == 0 &&
	    again.ppid == ppid && !st->first)
		return true;
	close(*folder);
	return false;
}

/* The nearest ancestor that is known; those between have never executed. */
static struct process *
find_ancestor(struct judge *judge, const struct thread *thread)
{
	struct process *parent;
	pid_t ppid = thread->ppid;
	struct status st;
	int depth, folder, child = thread->folder;
	bool found;

	for (depth = 0; depth < LINEAGE_MAX && ppid > 1; depth++) {
		parent = process_parent(judge->table, ppid);
		found = parent == NULL && look_up(child, ppid, &folder, &st);
		if (child != thread->folder)
			close(child);
		if (!found)
			return parent;
		child = folder;
		ppid = st.ppid;
	}
	if (child != thread->folder)
		close(child);
	return NULL;
}

/* Did it fork the process, and has it executed nothing since? */
static bool
is_fork_of(const struct process *parent, const struct process *process)
{
	if (parent == NULL || parent == process || parent->condemned ||
	    parent->adopts || !resolve_same(&parent->image, &process->image))
		return false;
	return !birth_is_other(&parent->birth, &process->birth);
}

static int
inherit(const struct judge *judge, struct process *process,
    const struct process *parent)
{
	process->regime = parent->regime;
	process->elevated = parent->elevated && !judge->blurred;
	(void)strlcpy(process->program, parent->program,
	    sizeof(process->program));
	process_join(process, parent->kin);
	return choice_add_all(&process->choices, parent->choices);
}

/*
 * A child of what its parent is just becoming, the parent having made no call
 * yet by which that shows. Only where the image is all that is to be verified.
 */
static bool
is_fork_of_new_image(const struct process *parent,
    const struct process *process)
{
	const struct exec_watch *watch;

	if (parent == NULL || parent == process || parent->condemned ||
	    parent->adopts || parent->exec.tid == 0 ||
	    resolve_same(&parent->image, &process->image))
		return false;
	watch = &parent->exec;
	return !watch->any && !watch->is_script && watch->argv.bytes == NULL &&
	    watch->envp.bytes == NULL &&
	    resolve_same(&watch->image, &process->image);
}

static int
inherit_new_image(struct process *process, const struct process *parent)
{
	process->regime = parent->exec.regime;
	(void)strlcpy(process->program, parent->exec.program,
	    sizeof(process->program));
	return choice_add_all(&process->choices, parent->choices);
}

struct regime *
lineage_nothing(struct judge *judge)
{
	const struct filter_set none = { { policy_none() }, 1 };

	return judge_regime(judge, &none);
}

/* All that hold for those kin: more than one only where places are not
   chosen at random. NULL: there is none, or too much. */
static struct regime *
regime_of_kin(struct judge *judge, struct process *process)
{
	struct kin *kin = NULL;
	struct filter_set all;
	unsigned int found = 0;

	memset(&all, 0, sizeof(all));
	while ((kin = kin_find(&judge->kin, kin, &process->image,
		    &process->birth)) != NULL) {
		if (choice_add_all(&process->choices, kin->choices) == -1 ||
		    !heir_add_all(&all, &kin->regime->set))
			return NULL;
		process->elevated = found++ == 0 && kin->elevated &&
		    !judge->blurred;
		if (process->kin == NULL)
			process_join(process, kin);
	}
	return found == 0 ? NULL : judge_regime(judge, &all);
}

static int
adopt_orphan(struct judge *judge, struct call *call)
{
	struct process *process = call->process;

	process->regime = regime_of_kin(judge, process);
	if (process->regime != NULL) {
		(void)strlcpy(process->program, process->kin->program,
		    sizeof(process->program));
		return 0;
	}
	process->elevated = false;
	process->regime = lineage_nothing(judge);
	(void)strlcpy(process->program, "?", sizeof(process->program));
	/* Every execve is notified: an image that none was judged for came
	   to run by other means. (Or all of this was read of a stranger, who
	   has the number of a caller that died.) */
	if (!was_seen(&process->image) && !judge->released &&
	    notify_valid(judge->listener, call->ticket.id))
		call_condemn(judge, call,
		    "runs a file that was not judged for any program of the "
		    "session");
	return process->regime == NULL ? -1 : 0;
}

static int
adopt_launcher(struct judge *judge, struct process *process)
{
	process->regime = judge_regime(judge, &judge->plan->regime);
	process->elevated = judge->plan->wants;
	(void)strlcpy(process->program, judge->plan->program,
	    sizeof(process->program));
	return process->regime == NULL ? -1 : 0;
}

static int
adopt(struct judge *judge, struct call *call)
{
	struct process *process = call->process, *parent;

	if (process_image(judge->table, call->thread, call->ticket.id,
		&process->image) == -1)
		return -1;
	lineage_read_birth(judge, call, &process->birth);
	if (!judge->launched && call->thread->tid == judge->program)
		return adopt_launcher(judge, process);
	if (journal_recall(judge, process))
		return process->regime == NULL ? -1 : 0;
	parent = find_ancestor(judge, call->thread);
	if (is_fork_of(parent, process))
		return inherit(judge, process, parent);
	if (is_fork_of_new_image(parent, process))
		return inherit_new_image(process, parent);
	return adopt_orphan(judge, call);
}

int
lineage_adopt(struct judge *judge, struct call *call)
{
	struct process *process = call->process;
	int result = adopt(judge, call);

	if (process->fallen)
		process->elevated = false;
	if (result == 0)
		journal_process(judge, process);
	return result;
}
