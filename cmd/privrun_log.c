/* SPDX-License-Identifier: ISC */
/*
 * Who reads the log of a session of the daemon's along, for -e and -E: a
 * process of the user's, as the launcher becomes the program. It has no
 * terminal, no right, and no descriptor but these, and the program does not
 * know it for a child.
 */
#include "privrun.h"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../privd/session/descriptors.h"
#include "../privd/session/entry.h"

/* Nothing else than privrun's lines reaches a terminal. */
static void
copy(int channel, int out)
{
	static char line[ENTRY_TEXT_MAX];
	ssize_t n, i;

	for (;;) {
		n = recv(channel, line, sizeof(line), 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		for (i = 0; i < n; i++)
			if (line[i] < ' ' || line[i] > '~')
				line[i] = '?';
		if (dprintf(out, "privrun: %.*s\n", (int)n, line) == -1 &&
		    errno != EAGAIN)
			return;
	}
}

/*
 * While it has the guard nobody reaches into it; when it has that no longer,
 * all that was privrun's is gone, and it is no more open than that was. (Whose
 * caller held capabilities already, as setpriv(1) does, is dumpable.)
 */
static void
detach(int channel, int out)
{
	cap_t none = cap_init();
	int null;

	(void)setsid();
	(void)signal(SIGPIPE, SIG_IGN);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (none == NULL || null == -1 ||
	    prctl(PR_SET_DUMPABLE, 0UL, 0, 0, 0) == -1)
		_exit(1);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	if (out != STDERR_FILENO)
		(void)dup2(null, STDERR_FILENO);
	descriptors_keep_only((int[]){ channel, out }, 2);
	if (cap_set_proc(none) == -1)
		_exit(1);
}

static pid_t
start(int channel, int out)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	pid = fork();
	if (pid != 0)
		_exit(pid == -1 ? 1 : 0);
	detach(channel, out);
	copy(channel, out);
	_exit(0);
}

int
log_reader_start(int channel, int out)
{
	/* Who ignores it has no status to wait for; the program will again. */
	void (*ignored)(int) = signal(SIGCHLD, SIG_DFL);
	pid_t pid = start(channel, out), ended = -1;
	int status = 1;

	while (pid != -1 && (ended = waitpid(pid, &status, 0)) == -1 &&
	    errno == EINTR)
		continue;
	(void)signal(SIGCHLD, ignored);
	if (ended == -1)
		return -1;
	if (status == 0)
		return 0;
	errno = EAGAIN;
	return -1;
}
