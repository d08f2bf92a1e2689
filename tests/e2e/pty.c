/* SPDX-License-Identifier: ISC */
/*
 * pty [-s ROWSxCOLUMNS] PROGRAM [ARGUMENT ...]: runs a program as the leader
 * of a session with a terminal of its own. What comes on standard input is
 * typed, what the terminal shows is written to standard output; a typed
 * ESC ] R C ; is not sent but makes the terminal R rows and C columns, in
 * digits ("\033]30x90;"). Exits as the program does; ends with it.
 */
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
open_master(void)
{
	int fd;

	fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 || grantpt(fd) == -1 || unlockpt(fd) == -1)
		err(125, "pty");
	return fd;
}

static void
set_size(int master, const char *text)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	if (text != NULL &&
	    sscanf(text, "%hux%hu", &size.ws_row, &size.ws_col) != 2)
		errx(2, "size: %s", text);
	(void)ioctl(master, TIOCSWINSZ, &size);
}

static void
run(int master, char *argv[])
{
	int slave;

	/* A shell's background jobs ignore them. */
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGQUIT, SIG_DFL);
	(void)setsid();
	slave = open(ptsname(master), O_RDWR);
	if (slave == -1 || ioctl(slave, TIOCSCTTY, 0) == -1)
		err(125, "terminal");
	(void)dup2(slave, STDIN_FILENO);
	(void)dup2(slave, STDOUT_FILENO);
	(void)dup2(slave, STDERR_FILENO);
	if (slave > STDERR_FILENO)
		close(slave);
	(void)execvp(argv[0], argv);
	err(127, "%s", argv[0]);
}

static void
type(int master, const char *buf, size_t n)
{
	if (n > 2 && buf[0] == '\033' && buf[1] == ']')
		set_size(master, buf + 2);
	else
		(void)!write(master, buf, n);
}

/* False when the terminal is gone: the last who had it has closed it. */
static int
pass(int master)
{
	struct pollfd pfds[2] = { { master, POLLIN, 0 },
		{ STDIN_FILENO, POLLIN, 0 } };
	static int typing = 1;
	char buf[4096];
	ssize_t n;

	if (poll(pfds, typing ? 2 : 1, -1) == -1)
		return errno == EINTR;
	if (typing && pfds[1].revents != 0) {
		n = read(STDIN_FILENO, buf, sizeof(buf) - 1);
		if (n <= 0)
			typing = 0;
		else {
			buf[n] = '\0';
			type(master, buf, (size_t)n);
		}
	}
	if (pfds[0].revents != 0) {
		n = read(master, buf, sizeof(buf));
		if (n <= 0)
			return 0;
		(void)!write(STDOUT_FILENO, buf, (size_t)n);
	}
	return 1;
}

int
main(int argc, char *argv[])
{
	const char *size = NULL;
	int master, status;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		size = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 2)
		errx(2, "usage: pty [-s ROWSxCOLUMNS] program ...");
	master = open_master();
	set_size(master, size);
	pid = fork();
	if (pid == -1)
		err(125, "fork");
	if (pid == 0)
		run(master, argv + 1);
	while (pass(master))
		continue;
	if (waitpid(pid, &status, 0) == -1)
		err(125, "wait");
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
