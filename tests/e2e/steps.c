/* SPDX-License-Identifier: ISC */
/*
 * A program that takes one step for each line of its standard input, and says
 * what came of it, so that its session can be disturbed between any two:
 *	read FILE	open it for reading
 *	fork FILE	the same in a child
 *	orphan FILE	the same in a child whose parent is gone
 *	leave		end, and have a child go on with the next steps
 *	dir FOLDER	chdir
 *	run FILE	execute it, which fails, or this process ends with it
 *	bind PATH	listen at a local socket there
 *	connect PATH	connect to one
 *	make FOLDER N	make N files there that must not be there before; when
 *			there is one of the name "want", it and "socket" are
 *			unlinked, and "socket" bound, which is not counted
 *	end		end
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
name_of(int error)
{
	return error == 0 ? "ok" : strerrorname_np(error);
}

static int
try_open(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

/* By a child, or a child's child that nobody waits for. */
static int
try_in_child(const char *path, bool orphan)
{
	int fds[2], error = EINTR;
	pid_t pid, parent;

	if (pipe(fds) == -1)
		err(1, "pipe");
	pid = fork();
	if (pid == 0) {
		parent = getpid();
		if (orphan && fork() != 0)
			_exit(0);
		while (orphan && getppid() == parent)
			(void)usleep(1000);
		error = try_open(path);
		_exit(write(fds[1], &error, sizeof(error)) != sizeof(error));
	}
	close(fds[1]);
	if (read(fds[0], &error, sizeof(error)) != sizeof(error))
		error = EINTR;
	close(fds[0]);
	(void)waitpid(pid, NULL, 0);
	return error;
}

/* What is bound stays open. */
static int
try_socket(const char *path,
    int (*what)(int, const struct sockaddr *, socklen_t), bool stays)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int error, fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	error = fd == -1 ||
		what(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
		(stays && listen(fd, 1) == -1) ?
	    errno :
	    0;
	if (fd != -1 && !stays)
		close(fd);
	return error;
}

static void
bind_if_wanted(const char *folder)
{
	char want[4096], path[4096];

	(void)snprintf(want, sizeof(want), "%s/want", folder);
	(void)snprintf(path, sizeof(path), "%s/socket", folder);
	if (unlink(want) == 0) {
		(void)unlink(path);
		(void)try_socket(path, bind, false);
	}
}

/* How many were made, and how many may have been. */
static void
make(const char *folder, int n)
{
	int i, fd, made = 0, unknown = 0, wrong = 0;
	char path[4096];

	for (i = 0; i < n; i++) {
		bind_if_wanted(folder);
		(void)snprintf(path, sizeof(path), "%s/%d", folder, i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd == -1 && errno == EIO) {
			unknown++;
		} else if (fd == -1 || write(fd, "x", 1) != 1) {
			warn("%s", path);
			wrong++;
		} else {
			made++;
		}
		if (fd != -1)
			close(fd);
	}
	printf("made %d unknown %d wrong %d\n", made, unknown, wrong);
}

/* Who goes on says so when the other is gone. */
static void
leave(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid > 0)
		_exit(0);
	while (getppid() == parent)
		(void)usleep(1000);
	printf("ok\n");
}

static void
take(char *line)
{
	char *what = strtok(line, " \n"), *of = strtok(NULL, " \n");
	char *argv[] = { of, NULL };

	if (what == NULL)
		return;
	if (of == NULL)
		of = argv[0] = "";
	if (strcmp(what, "read") == 0)
		printf("%s\n", name_of(try_open(of)));
	else if (strcmp(what, "fork") == 0)
		printf("%s\n", name_of(try_in_child(of, false)));
	else if (strcmp(what, "orphan") == 0)
		printf("%s\n", name_of(try_in_child(of, true)));
	else if (strcmp(what, "leave") == 0)
		leave();
	else if (strcmp(what, "dir") == 0)
		printf("%s\n", name_of(chdir(of) == -1 ? errno : 0));
	else if (strcmp(what, "run") == 0)
		printf("%s\n", name_of(execv(of, argv) == -1 ? errno : 0));
	else if (strcmp(what, "bind") == 0)
		printf("%s\n", name_of(try_socket(of, bind, true)));
	else if (strcmp(what, "connect") == 0)
		printf("%s\n", name_of(try_socket(of, connect, false)));
	else if (strcmp(what, "make") == 0)
		make(of, atoi(strtok(NULL, " \n")));
	else
		exit(0);
}

int
main(void)
{
	char line[8192];

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin) != NULL)
		take(line);
	return 0;
}
