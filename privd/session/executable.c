/* SPDX-License-Identifier: ISC */
/*
 * As the kernel finds it: what is registered for a file of that kind, else
 * what a script's first line says, else the file itself; interpreters can be
 * interpreted. They are looked up in the program's own root and folder.
 *
 * A file that the caller may execute and not read is taken for a program;
 * that it was something else shows afterwards.
 */
#include "executable.h"

#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../perform/perform.h"
#include "binfmt.h"
#include "call.h"
#include "image.h"
#include "judge.h"

#define NAME_SIZE (PATH_MAX + 32) /* /dev/fd/N/ before a path */

/* Who interprets a file; interpreter "": nobody. */
struct step {
	char interpreter[PATH_MAX];
	char argument[IMAGE_LINE_MAX];
	bool has_argument;
	bool keeps_first; /* argv[0] */
	bool opened;      /* long ago, in the root of all */
	bool unread;      /* nobody knows */
};

/* Would the kernel refuse to execute it? 0, or the errno. */
static int
check(const struct resolve_pin *pin)
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

/* The file's name as the kernel hands it to its interpreter. */
static void
name_file(const struct call *call, char *name, size_t size)
{
	int folder = strcmp(call->row->name, "execveat") == 0 ?
	    (int)call->regs[0] :
	    AT_FDCWD;

	if (call->path[0][0] == '/' || folder == AT_FDCWD)
		(void)snprintf(name, size, "%s", call->path[0]);
	else
		(void)snprintf(name, size, "/dev/fd/%d%s%s", folder,
		    call->path[0][0] == '\0' ? "" : "/", call->path[0]);
}

static int
read_step(int fd, const char *name, struct step *step)
{
	struct image_line line;
	struct binfmt binfmt;
	int error;

	memset(step, 0, sizeof(*step));
	if (binfmt_find(fd, name, &binfmt)) {
		(void)strlcpy(step->interpreter, binfmt.interpreter,
		    sizeof(step->interpreter));
		step->keeps_first = binfmt.keeps_first;
		step->opened = binfmt.opened;
		return 0;
	}
	error = image_first_line(fd, &line);
	if (error != 0)
		return error;
	(void)strlcpy(step->interpreter, line.interpreter,
	    sizeof(step->interpreter));
	(void)strlcpy(step->argument, line.argument, sizeof(step->argument));
	step->has_argument = line.has_argument;
	return 0;
}

/* The step that the kernel takes from a pinned file. 0 or errno. */
static int
find_step(struct judge *judge, int file, const char *name, struct step *step)
{
	int fd, error;

	step->interpreter[0] = '\0';
	judge_leave(judge);
	fd = perform_reopen(file, O_RDONLY, 0);
	error = fd == -1 ? errno : read_step(fd, name, step);
	step->unread = fd == -1 && error == EACCES;
	if (step->unread)
		error = 0;
	if (fd != -1)
		close(fd);
	judge_return(judge);
	return error;
}

/* The kernel puts the interpreter and the file in the place of argv[0]. */
static int
add_to_head(struct words_head *head, const char *name, const struct step *step)
{
	if (head->len == 0)
		head->keeps_first = step->keeps_first;
	else if (!step->keeps_first)
		words_behead(head);
	if (!words_prepend(head, name) ||
	    (step->has_argument && !words_prepend(head, step->argument)) ||
	    !words_prepend(head, step->interpreter))
		return E2BIG;
	return 0;
}

static int
pin_interpreter(struct judge *judge, struct call *call, const struct step *step,
    struct resolve_pin *pin)
{
	if (!step->opened)
		return call_walk(judge, call, step->interpreter, pin);
	pin->object = open(step->interpreter, O_PATH | O_CLOEXEC);
	return pin->object == -1 || fstat(pin->object, &pin->st) == -1 ? errno :
									 0;
}

static int
follow(struct judge *judge, struct call *call, const char *name,
    const struct step *step, struct executable *executable,
    struct resolve_pin *pin)
{
	int error;

	error = add_to_head(&executable->head, name, step);
	resolve_clear(pin);
	if (error == 0)
		error = pin_interpreter(judge, call, step, pin);
	if (error == 0)
		error = check(pin);
	if (error != 0)
		return error;
	executable->image = pin->st;
	executable->is_script = true;
	return 0;
}

int
executable_find(struct judge *judge, struct call *call,
    struct executable *executable)
{
	char name[NAME_SIZE];
	struct resolve_pin pin;
	struct step step;
	int depth, error, file = call->pin[0].object;

	error = check(&call->pin[0]);
	if (error != 0)
		return error;
	resolve_pin_init(&pin);
	memset(executable, 0, sizeof(*executable));
	executable->image = executable->file = call->pin[0].st;
	name_file(call, name, sizeof(name));
	for (depth = 0; depth <= IMAGE_SCRIPTS_MAX; depth++) {
		error = find_step(judge, file, name, &step);
		executable->unread = error == 0 && step.unread;
		if (error != 0 || step.interpreter[0] == '\0')
			break;
		error = follow(judge, call, name, &step, executable, &pin);
		if (error != 0)
			break;
		(void)strlcpy(name, step.interpreter, sizeof(name));
		file = pin.object;
	}
	resolve_clear(&pin);
	return depth > IMAGE_SCRIPTS_MAX ? ELOOP : error;
}
