/* SPDX-License-Identifier: ISC */
/*
 * Operations on processes: signals and who catches them, children that wait
 * to be signalled, programs that are executed, capabilities.
 */
#include "diff.h"

#include <sys/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_EXEC 99

static volatile sig_atomic_t caught[NSIG];

static int
number(struct words *words)
{
	long value;

	if (!names_parse(words_next(words), &value))
		words->wrong = true;
	return (int)value;
}

static void
on_signal(int sig)
{
	caught[sig]++;
}

/* handle, ignore, reset SIGNAL */
static bool
set_handler(struct words *words, long *result)
{
	const char *how = words->word[words->next - 1];
	struct sigaction action;
	int sig = number(words);

	memset(&action, 0, sizeof(action));
	action.sa_handler = strcmp(how, "handle") == 0 ? on_signal :
	    strcmp(how, "ignore") == 0                 ? SIG_IGN :
							 SIG_DFL;
	*result = sigaction(sig, &action, NULL);
	say_result(*result);
	return true;
}

/* caught SIGNAL: how often since it was asked last */
static bool
ask_caught(struct words *words, long *result)
{
	int sig = number(words);

	*result = sig > 0 && sig < NSIG ? caught[sig] : -1;
	say_result(*result);
	if (*result != -1)
		caught[sig] = 0;
	return true;
}

/* sleeper: a child, leader of a group of its own, that waits */
static bool
start_sleeper(struct words *words, long *result)
{
	int ready[2];
	char byte;

	(void)words;
	say_flush();
	if (pipe(ready) == -1)
		return false;
	*result = fork();
	if (*result == 0) {
		(void)setpgid(0, 0);
		(void)signal(SIGUSR1, SIG_DFL);
		(void)!write(ready[1], "r", 1);
		close(ready[0]);
		close(ready[1]);
		for (;;)
			(void)pause();
	}
	(void)!read(ready[0], &byte, 1);
	close(ready[0]);
	close(ready[1]);
	say(" = %s", *result > 0 ? "started" : names_errno(errno));
	return true;
}

/* wait PROCESS OPTIONS */
static bool
wait_for(struct words *words, long *result)
{
	long pid = 0;
	int status = 0;

	if (!names_process(words_next(words), &pid))
		return false;
	*result = waitpid((pid_t)pid, &status, number(words));
	if (*result <= 0)
		say_result(*result);
	else
		say_status(status);
	return true;
}

/* waitid TYPE PROCESS OPTIONS */
static bool
wait_by_id(struct words *words, long *result)
{
	siginfo_t info;
	int type = number(words);
	long pid = 0;

	memset(&info, 0, sizeof(info));
	if (!names_process(words_next(words), &pid))
		return false;
	*result = waitid((idtype_t)type, (id_t)pid, &info, number(words));
	say_result(*result);
	if (*result == 0)
		say(" signal %d code %d status %d uid %d", info.si_signo,
		    info.si_code, info.si_status, (int)info.si_uid);
	return true;
}

/* The rest of the words, as a program's arguments. */
static void
take_arguments(struct words *words, char **argv)
{
	size_t n = 0;

	while (words->next < words->n)
		argv[n++] = words_next(words);
	argv[n] = NULL;
}

/* The child: says why if it could not be executed. */
static void
execute(int out, int folder, const char *path, char **argv, int flags)
{
	static char *env[] = { "PATH=/usr/bin:/bin", "SET=value", NULL };
	const char *name;

	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(out, STDERR_FILENO);
	(void)syscall(SYS_execveat, folder, path, argv, env, flags);
	name = names_errno(errno);
	(void)!write(STDOUT_FILENO, name, strlen(name));
	_exit(NO_EXEC);
}

static bool
run_program(int folder, const char *path, char **argv, int flags, long *result)
{
	char bytes[1024];
	size_t len = 0;
	ssize_t n;
	int out[2], status = 0;
	pid_t pid;

	say_flush();
	if (pipe2(out, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		return false;
	if (pid == 0)
		execute(out[1], folder, path, argv, flags);
	close(out[1]);
	while (len < sizeof(bytes) &&
	    (n = read(out[0], bytes + len, sizeof(bytes) - len)) > 0)
		len += (size_t)n;
	close(out[0]);
	*result = waitpid(pid, &status, 0) == pid ? status : -1;
	say_status(status);
	say(" ");
	say_bytes(bytes, len);
	return true;
}

/* run PATH ARGUMENT0 ...: and what it writes */
static bool
run(struct words *words, long *result)
{
	char *argv[WORDS_MAX + 1];
	const char *path = (const char *)pointer_of(words_next(words));

	take_arguments(words, argv);
	return run_program(AT_FDCWD, path, argv, 0, result);
}

/* runat FOLDER PATH FLAGS ARGUMENT0 ... */
static bool
run_at(struct words *words, long *result)
{
	char *argv[WORDS_MAX + 1];
	int folder = number(words);
	const char *path = words_next(words);
	int flags = number(words);

	take_arguments(words, argv);
	return run_program(folder, path, argv, flags, result);
}

/* capability NAME on|off, of the effective ones of this thread */
static bool
set_capability(struct words *words, long *result)
{
	cap_t caps = cap_get_proc();
	cap_value_t cap = -1;

	if (cap_from_name(words_next(words), &cap) == -1)
		words->wrong = true;
	(void)cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap,
	    strcmp(words_next(words), "on") == 0 ? CAP_SET : CAP_CLEAR);
	*result = cap_set_proc(caps);
	say_result(*result);
	(void)cap_free(caps);
	return true;
}

/* leave STATUS */
static bool
leave(struct words *words, long *result)
{
	(void)result;
	say("\n");
	say_flush();
	_exit(number(words));
}

operation
processes_find(const char *name)
{
	static const struct {
		const char *name;
		operation operate;
	} found[] = {
		{ "handle", set_handler },
		{ "ignore", set_handler },
		{ "reset", set_handler },
		{ "caught", ask_caught },
		{ "sleeper", start_sleeper },
		{ "wait", wait_for },
		{ "waitid", wait_by_id },
		{ "run", run },
		{ "runat", run_at },
		{ "capability", set_capability },
		{ "leave", leave },
	};
	size_t i;

	for (i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		if (strcmp(found[i].name, name) == 0)
			return found[i].operate;
	return NULL;
}
