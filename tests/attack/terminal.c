/* SPDX-License-Identifier: ISC */
/*
 * Attack 37: a program takes terminal, process group and signals of those who
 * started it. As a shell does, `watch` starts a command in a group of its own
 * in the foreground of its terminal, and then says what came of it for itself:
 * what is typed into the terminal, and which signals it got. `take` is such a
 * command: it tries what can be tried, and says what each call returned.
 *
 * usage: terminal watch report command [argument ...]
 *        terminal take report shell's-pid stranger's-pid
 */
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <linux/tiocl.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCLINUX
#define TIOCLINUX 0x541C
#endif

static FILE *report;
static volatile sig_atomic_t got[65];

static void
count(int sig)
{
	got[sig] = 1; /* how many of them become one nobody knows */
}

static void
tell(const char *what, long result)
{
	fprintf(report, "%s %s\n", what,
	    result == -1 ? strerrorname_np(errno) : "done");
	(void)fflush(report);
}

/* --- the program */

static void
push_input(void)
{
	char byte = 'x';
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	tell("push-input", ioctl(STDIN_FILENO, TIOCSTI, &byte));
	tell("push-input-tty", ioctl(tty, TIOCSTI, &byte));
	tell("push-input-high",
	    syscall(SYS_ioctl, STDIN_FILENO, 1L << 32 | TIOCSTI, &byte));
	close(tty);
}

static void
paste(void)
{
	struct {
		char code;
		struct tiocl_selection sel;
	} __attribute__((packed))
	select = { TIOCL_SETSEL, { 1, 1, 10, 1, TIOCL_SELCHAR } };
	char code = TIOCL_PASTESEL;

	tell("console-select", ioctl(STDIN_FILENO, TIOCLINUX, &select));
	tell("console-paste", ioctl(STDIN_FILENO, TIOCLINUX, &code));
	tell("console-paste-high",
	    syscall(SYS_ioctl, STDIN_FILENO, 1L << 32 | TIOCLINUX, &code));
	tell("console-messages", ioctl(STDIN_FILENO, TIOCCONS, 0));
}

static void
take_groups(pid_t shell, pid_t stranger)
{
	pid_t own = getpgrp();

	tell("foreground-shell", tcsetpgrp(STDIN_FILENO, shell));
	tell("foreground-own", tcsetpgrp(STDIN_FILENO, own));
	tell("foreground-stranger", tcsetpgrp(STDIN_FILENO, stranger));
	tell("foreground-first", tcsetpgrp(STDIN_FILENO, 1));
	tell("join-stranger", setpgid(0, stranger));
	tell("join-shell", setpgid(0, shell));
	tell("join-own", setpgid(0, own));
	tell("move-shell", setpgid(shell, own));
	tell("steal-terminal", ioctl(STDIN_FILENO, TIOCSCTTY, 1));
	tell("hang-up", syscall(SYS_vhangup));
}

static void
send_signals(pid_t shell, pid_t stranger)
{
	tell("own-group", kill(0, SIGUSR1));
	tell("shell-group", kill(-shell, SIGUSR1));
	tell("shell", kill(shell, SIGUSR1));
	tell("parent", kill(getppid(), SIGUSR1));
	tell("everybody", kill(-1, SIGUSR2));
	tell("stranger", kill(stranger, SIGTERM));
	tell("stranger-group", kill(-stranger, SIGTERM));
	tell("first", kill(1, SIGTERM));
}

static int
take(pid_t shell, pid_t stranger)
{
	(void)signal(SIGUSR1, count);
	(void)signal(SIGUSR2, count);
	(void)signal(SIGTTOU, SIG_IGN);
	push_input();
	paste();
	take_groups(shell, stranger);
	send_signals(shell, stranger);
	fprintf(report, "ended\n");
	(void)fflush(report);
	/* With all who are in its group. */
	(void)kill(0, SIGKILL);
	return 1;
}

/* --- the shell */

static void
start(char *argv[])
{
	(void)setpgid(0, 0);
	(void)tcsetpgrp(STDIN_FILENO, getpid());
	(void)signal(SIGTTOU, SIG_DFL);
	execv(argv[0], argv);
	err(127, "%s", argv[0]);
}

/* What somebody has typed, when nobody has. */
static int
pending(void)
{
	struct termios raw;
	int n = 0;

	if (tcgetattr(STDIN_FILENO, &raw) == -1)
		return -1;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) == -1 ||
	    ioctl(STDIN_FILENO, FIONREAD, &n) == -1)
		return -1;
	return n;
}

static int
watch(char *argv[])
{
	char number[16];
	int status, sig;
	pid_t pid;

	(void)snprintf(number, sizeof(number), "%d", getpid());
	(void)setenv("SHELL_PID", number, 1);
	for (sig = 1; sig < 32; sig++)
		if (sig != SIGKILL && sig != SIGSTOP && sig != SIGCHLD)
			(void)signal(sig, count);
	(void)signal(SIGTTOU, SIG_IGN);
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0)
		start(argv);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	(void)tcsetpgrp(STDIN_FILENO, getpgrp());
	fprintf(report, "typed %d\n", pending());
	for (sig = 1; sig < 32; sig++)
		if (got[sig] > 0)
			fprintf(report, "signal-%s 1\n", sigabbrev_np(sig));
	(void)fclose(report);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc < 4)
		errx(2, "usage: terminal watch report command ...");
	report = fopen(argv[2], "ae");
	if (report == NULL)
		err(1, "%s", argv[2]);
	if (strcmp(argv[1], "watch") == 0)
		return watch(argv + 3);
	if (argc < 5)
		errx(2, "usage: terminal take report shell stranger");
	return take((pid_t)atoi(argv[3]), (pid_t)atoi(argv[4]));
}
