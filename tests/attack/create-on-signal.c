/* SPDX-License-Identifier: ISC */
/*
 * A child waits for SIGUSR1, then makes a file, removes it or cuts it off; its
 * parent lives on until the child has ended. For attacks that happen in the
 * middle of the call. With a socket the parent has made a file and bound a
 * socket, of that name with ".file" and ".socket" behind it, before it says
 * that it waits.
 *
 * usage: create-on-signal file [remove | truncate | socket]
 * (prints the child's number)
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
wait_and_act(const char *path, const char *what, const sigset_t *set)
{
	int sig;

	(void)sigwait(set, &sig);
	if (strcmp(what, "remove") == 0)
		_exit(unlink(path) == -1);
	if (strcmp(what, "truncate") == 0)
		_exit(open(path, O_WRONLY | O_TRUNC) == -1);
	_exit(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600) == -1);
}

static void
use_before(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char name[4096];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(name, sizeof(name), "%s.file", path);
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s.socket", path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(2, "%s", sun.sun_path);
	close(fd);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		err(2, "%s", name);
	close(fd);
}

int
main(int argc, char *argv[])
{
	sigset_t set;
	int status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: create-on-signal file [remove]");
	if (argc > 2 && strcmp(argv[2], "socket") == 0)
		use_before(argv[1]);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0)
		wait_and_act(argv[1], argc > 2 ? argv[2] : "", &set);
	printf("ready %d\n", pid);
	(void)fflush(stdout);
	if (waitpid(pid, &status, 0) == -1)
		err(1, "wait");
	/* A call of its own, behind the child's: that one is over. */
	(void)access("/", F_OK);
	close(open("/", O_RDONLY));
	return WIFSIGNALED(status) ? 9 : WEXITSTATUS(status);
}
