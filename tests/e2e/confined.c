/* SPDX-License-Identifier: ISC */
/*
 * confined COMMAND [ARGUMENT ...]: small steps for tests of policies. Each
 * argument is a step; what came of it is printed as "STEP: RESULT":
 *	r:PATH w:PATH c:PATH	open to read, to write, to create
 *	o:PATH			open with O_PATH
 *	s:PATH			stat
 *	u:PATH			unlink
 *	i			socket of AF_INET
 *	p			socket of AF_PACKET, raw
 *	b:PATH n:PATH		a local socket, bound there or connected to that
 *	g			getppid, which needs no argument
 *	d			the list of open descriptors, with close-on-exec
 *	k			keep open what is opened from now on
 *	f			fork: the rest is the child's, awaited
 *	D			fork twice; the one between is gone before the
 *				rest, which is the grandchild's, awaited
 *	B			fork: the child goes on once its parent ended
 *	S			adopt orphans (PR_SET_CHILD_SUBREAPER)
 *	x:PATH			execute PATH with the steps that are left
 *	e:PATH			the same by descriptor (AT_EMPTY_PATH)
 *	m:PATH			the same, a copy in memory (memfd)
 *	z:PATH			the same, a copy in $HOME, deleted before
 *	v:PATH			the same in a vfork, awaited: then go on behind
 *				the next "."
 *	=			say "ready" and wait for a line of input
 *	t:SECONDS		wait until the clock has gone on so far
 *	l:NUMBER		limit the number of descriptors
 *	/...			nothing: a script's own name
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int keep;

static void
say(const char *step, long result)
{
	printf("%s: %s\n", step, result == -1 ? strerrorname_np(errno) : "ok");
	(void)fflush(stdout);
}

static void
opened(const char *step, int fd)
{
	say(step, fd);
	if (fd != -1 && !keep)
		close(fd);
}

static void
local_socket(const char *step, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	say(step,
	    (step[0] == 'b' ? bind : connect)(fd, (struct sockaddr *)&sun,
		sizeof(sun)));
	close(fd);
}

/* By fcntl and fstat, not /proc: the list is of whoever asks. */
static void
list_descriptors(void)
{
	struct stat st;
	int fd;

	printf("descriptors:");
	for (fd = 0; fd < 1024; fd++)
		if (fstat(fd, &st) == 0)
			printf(" %d%s", fd,
			    fcntl(fd, F_GETFD) & FD_CLOEXEC ? "c" : "");
	printf("\n");
	(void)fflush(stdout);
}

static void
wait_for_line(void)
{
	char line[16];

	printf("ready\n");
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(1);
}

static void
become_child(void)
{
	int status;
	pid_t pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid == 0)
		return;
	(void)waitpid(pid, &status, 0);
	exit(0);
}

/* The end of the gate says that the one between is gone. */
static void
become_orphan(void)
{
	int gate[2], done[2];
	pid_t pid;
	char c;

	if (pipe(gate) == -1 || pipe(done) == -1 || (pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		close(gate[1]);
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid != 0)
			_exit(0);
		(void)read(gate[0], &c, 1);
		close(gate[0]);
		return;
	}
	(void)waitpid(pid, NULL, 0);
	close(gate[0]);
	close(gate[1]);
	close(done[1]);
	(void)read(done[0], &c, 1);
	exit(0);
}

/* As a daemon: who started it has ended, and its parent is another. */
static void
become_daemon(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid != 0)
		_exit(0);
	(void)setsid();
	while (getppid() == parent)
		(void)usleep(1000);
}

static int
copy_to(int to, const char *path)
{
	char buf[65536];
	ssize_t n;
	int from = open(path, O_RDONLY | O_CLOEXEC);

	if (from == -1)
		return -1;
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, (size_t)n) != n)
			return -1;
	close(from);
	return (int)n;
}

/* A descriptor of a copy without a name. */
static int
copy_of(char kind, const char *path)
{
	char name[PATH_MAX];
	int fd, copy;

	if (kind == 'm') {
		copy = memfd_create("copy", 0);
		return copy == -1 || copy_to(copy, path) == -1 ? -1 : copy;
	}
	(void)snprintf(name, sizeof(name), "%s/copy.XXXXXX", getenv("HOME"));
	fd = mkstemp(name);
	if (fd == -1 || fchmod(fd, 0755) == -1 || copy_to(fd, path) == -1)
		return -1;
	copy = open(name, O_RDONLY);
	close(fd);
	(void)unlink(name);
	return copy;
}

static void
execute(const char *step, const char *path, char **argv)
{
	int fd;

	switch (step[0]) {
	case 'x':
		(void)execv(path, argv);
		break;
	case 'e':
		fd = open(path, O_RDONLY);
		if (fd != -1)
			(void)execveat(fd, "", argv, environ, AT_EMPTY_PATH);
		break;
	default:
		fd = copy_of(step[0], path);
		if (fd != -1)
			(void)execveat(fd, "", argv, environ, AT_EMPTY_PATH);
		break;
	}
	say(step, -1);
}

static pid_t
start_aside(const char *path, char **argv)
{
	pid_t pid = vfork();

	if (pid == 0) {
		(void)execv(path, argv);
		_exit(1);
	}
	return pid;
}

/* The child's steps end at "."; returns the last of them. */
static char **
execute_aside(const char *path, char **argv)
{
	char **end, *dot;
	pid_t pid;

	for (end = argv; *end != NULL && strcmp(*end, ".") != 0;)
		end++;
	dot = *end;
	*end = NULL;
	pid = start_aside(path, argv);
	if (pid == -1 || waitpid(pid, NULL, 0) == -1)
		err(1, "vfork");
	*end = dot;
	return dot == NULL ? end - 1 : end;
}

static void
wait_seconds(const char *text)
{
	struct timespec ts = { atoi(text), 0 };

	(void)clock_nanosleep(CLOCK_BOOTTIME, 0, &ts, NULL);
}

static void
limit_descriptors(const char *text)
{
	struct rlimit limit = { (rlim_t)atoi(text), (rlim_t)atoi(text) };

	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		err(1, "setrlimit");
}

static void
take_step(const char *step, const char *path)
{
	struct stat st;

	switch (step[0]) {
	case 'r':
		opened(step, open(path, O_RDONLY));
		break;
	case 'w':
		opened(step, open(path, O_WRONLY));
		break;
	case 'c':
		opened(step, open(path, O_RDWR | O_CREAT, 0644));
		break;
	case 'o':
		opened(step, open(path, O_PATH));
		break;
	case 's':
		say(step, stat(path, &st));
		break;
	case 'u':
		say(step, unlink(path));
		break;
	case 'i':
		opened(step, socket(AF_INET, SOCK_DGRAM, 0));
		break;
	case 'p':
		opened(step, socket(AF_PACKET, SOCK_RAW, 0));
		break;
	case 'b':
	case 'n':
		local_socket(step, path);
		break;
	case 'g':
		errno = 0;
		printf("g: %d\n", (int)getppid());
		(void)fflush(stdout);
		break;
	case 'd':
		list_descriptors();
		break;
	case 'k':
		keep = 1;
		break;
	case 'f':
		become_child();
		break;
	case 'D':
		become_orphan();
		break;
	case 'B':
		become_daemon();
		break;
	case 'S':
		say(step, prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
		break;
	case '=':
		wait_for_line();
		break;
	case 't':
		wait_seconds(path);
		break;
	case 'l':
		limit_descriptors(path);
		break;
	case '/':
		break;
	default:
		errx(2, "step: %s", step);
	}
}

int
main(int argc, char *argv[])
{
	const char *path;

	(void)argc;
	for (argv++; *argv != NULL; argv++) {
		path = (*argv)[0] != '\0' && (*argv)[1] == ':' ? *argv + 2 : "";
		if ((*argv)[0] != '\0' && strchr("xemz", (*argv)[0]) != NULL) {
			execute(*argv, path, argv);
		} else if ((*argv)[0] == 'v') {
			argv = execute_aside(path, argv);
		} else {
			take_step(*argv, path);
		}
	}
	return 0;
}
