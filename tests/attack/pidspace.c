/* SPDX-License-Identifier: ISC */
/*
 * Attack 13: a program that has gone to a process namespace of its own, where
 * it is number 1, makes calls; each line is what came of one. It may have
 * another /proc, of that namespace, in a folder.
 *
 * usage: pidspace folder [proc]
 */
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
tell(const char *what, long result)
{
	if (result == -1)
		printf("%s %s\n", what, strerrorname_np(errno));
	else
		printf("%s %ld\n", what, result);
}

/* The name that a process of a /proc has. */
static void
tell_name(const char *what, const char *path)
{
	char line[64] = "";
	int fd = open(path, O_RDONLY);

	if (fd == -1) {
		tell(what, -1);
		return;
	}
	(void)read(fd, line, sizeof(line) - 1);
	(void)close(fd);
	line[strcspn(line, "\n")] = '\0';
	printf("%s %s\n", what, line);
}

static void
try_files(void)
{
	struct stat st;
	int fd;

	fd = open("made", O_RDWR | O_CREAT | O_EXCL, 0666);
	tell("create", fd == -1 ? -1 : 0);
	tell("mode", stat("made", &st) == -1 ? -1 : (long)(st.st_mode & 0777));
	tell("mkdir", mkdir("folder", 0700));
	tell("chdir", chdir("folder"));
	tell("up", open("../made", O_RDONLY) == -1 ? -1 : 0);
	tell("back", chdir(".."));
	tell("rmdir", rmdir("folder"));
	tell("unlink", unlink("made"));
}

static void
try_processes(pid_t outside)
{
	struct rlimit limit;

	tell("number", getpid());
	tell("kill-self", kill(getpid(), 0));
	tell("tgkill-self", tgkill(getpid(), getpid(), 0));
	tell("kill-outside", kill(outside, SIGKILL));
	tell("prlimit-self", prlimit(getpid(), RLIMIT_CORE, NULL, &limit));
	tell("prlimit-0", prlimit(0, RLIMIT_CORE, NULL, &limit));
	tell("setpriority-0", setpriority(PRIO_PROCESS, 0, 1));
	tell("affinity-0",
	    syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &(int){ 0 }));
}

/*
 * Another process of the namespace has the number there that this one has
 * outside of it: who takes the one for the other comes to it. It ends with the
 * namespace.
 */
static void
make_namesake(pid_t number)
{
	char text[16];
	int fd = open("proc/sys/kernel/ns_last_pid", O_WRONLY);
	pid_t pid;

	(void)snprintf(text, sizeof(text), "%d", number - 1);
	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		err(1, "ns_last_pid");
	(void)close(fd);
	pid = fork();
	if (pid == 0) {
		(void)pause();
		_exit(0);
	}
	if (pid != number)
		errx(1, "namesake %d of %d", pid, number);
}

static void
try_proc(pid_t number)
{
	make_namesake(number);
	tell_name("own-self", "proc/self/comm");
	tell_name("own-thread-self", "proc/thread-self/comm");
	tell_name("own-1", "proc/1/comm");
	tell_name("own-2", "proc/2/comm");
}

static void __attribute__((noreturn))
inside(pid_t outside, pid_t number, int with_proc, char *self)
{
	char *argv[] = { self, NULL };

	try_files();
	try_processes(outside);
	tell_name("self", "/proc/self/comm");
	tell_name("thread-self", "/proc/thread-self/comm");
	if (with_proc) {
		tell("mount", mount("proc", "proc", "proc", 0, NULL));
		try_proc(number);
	}
	execv(self, argv);
	err(1, "execv");
}

int
main(int argc, char *argv[])
{
	int flags = CLONE_NEWPID | (argc > 2 ? CLONE_NEWNS : 0), status;
	int fds[2];
	pid_t pid, number;

	(void)alarm(30);
	if (argc < 2) {
		printf("executed\n");
		return 0;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (chdir(argv[1]) == -1 || syscall(SYS_unshare, flags) == -1)
		err(1, "unshare");
	if (argc > 2 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		err(1, "private");
	if (pipe(fds) == -1)
		err(1, "pipe");
	pid = fork();
	if (pid == 0) {
		if (read(fds[0], &number, sizeof(number)) != sizeof(number))
			err(1, "number");
		inside(getppid() == 0 ? 30000 : getppid(), number, argc > 2,
		    argv[0]);
	}
	if (pid == -1 || write(fds[1], &pid, sizeof(pid)) != sizeof(pid) ||
	    waitpid(pid, &status, 0) == -1)
		err(1, "fork");
	if (status != 0)
		printf("status %d\n", status);
	return 0;
}
