/* SPDX-License-Identifier: ISC */
/*
 * Becomes others step by step, and tells what it may do as each: the steps
 * are its arguments, a letter and what it takes. Each prints one line.
 *
 *	u:ID e:ID g:ID E:ID	setuid, seteuid, setgid, setegid of libc: for
 *				all threads
 *	R:R,E,S P:R,E,S		setresuid, setresgid of this thread alone
 *	F:ID f:ID		setfsuid, setfsgid, the same
 *	G:ID,... (G: none)	setgroups of libc
 *	c:E,P			capset: effective and permitted, in hex
 *	k:N b:N			PR_SET_KEEPCAPS, PR_SET_SECUREBITS (hex)
 *	M:MODE			umask
 *	o:PATH w:PATH		open for reading; or made, and removed
 *	O:PATH K:PATH		open for both; for reading, and kept as 100
 *	L:PATH D:PATH		readlink; the first byte of a file
 *	Z:			does its page map tell frames?
 *	a:PATH A:PATH		access(2), and with AT_EACCESS
 *	s:PATH			stat
 *	p:PORT			bind of 127.0.0.1
 *	l:PATH			connect of a unix socket: whom the peer sees
 *	q:PID			kill with signal 0
 *	r:PATH C:PATH		chroot, chdir
 *	t:STEP			that step in another thread
 *	n: N:			the rest in a child; in an orphan
 *	x:PATH X:PATH		executes it with the rest; in the other thread
 */
#include <sys/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **rest; /* the steps that follow */
static char *thread_step;
static sem_t thread_go, thread_done;

static void run_rest(void);
static void step(char *);

static void
say(const char *what, long result)
{
	printf("%s %s\n", what, result == -1 ? strerrorname_np(errno) : "ok");
}

static void
numbers(char *text, int base, long n[3])
{
	int i;

	for (i = 0; i < 3; i++) {
		n[i] = strtol(text, &text, base);
		if (*text == ',')
			text++;
	}
}

static int
set_groups(char *text)
{
	gid_t groups[64];
	size_t n = 0;

	while (*text != '\0' && n < 64) {
		groups[n++] = (gid_t)strtol(text, &text, 10);
		if (*text == ',')
			text++;
	}
	return setgroups(n, groups);
}

static long
set_capabilities(char *text)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2];
	char *end;

	memset(data, 0, sizeof(data));
	data[0].effective = (uint32_t)strtoul(text, &end, 16);
	data[0].permitted = (uint32_t)strtoul(end + 1, NULL, 16);
	return syscall(SYS_capset, &head, data);
}

static void
make(const char *what, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0666);

	if (fd == -1 || fstat(fd, &st) == -1) {
		say(what, -1);
		return;
	}
	printf("%s ok %o %d:%d\n", what, st.st_mode & 07777, (int)st.st_uid,
	    (int)st.st_gid);
	close(fd);
	say("unlink", unlink(path));
}

static bool
tells_frames(void)
{
	const uint64_t frame = (UINT64_C(1) << 55) - 1;
	uint64_t entry = 0;
	off_t page = (off_t)((uintptr_t)&entry / (uintptr_t)getpagesize());
	int fd = open("/proc/self/pagemap", O_RDONLY);

	(void)pread(fd, &entry, sizeof(entry), page * 8);
	close(fd);
	return (entry & frame) != 0;
}

static int
bind_port(const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), result, one = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	result = bind(fd, (void *)&sin, sizeof(sin));
	one = errno;
	close(fd);
	errno = one;
	return result;
}

/* Binds it as whom this process is, and asks who connected. */
static void
meet(const char *what, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct ucred peer;
	socklen_t len = sizeof(peer);
	int server, client, fd;

	(void)strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	server = socket(AF_UNIX, SOCK_STREAM, 0);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	(void)bind(server, (void *)&sun, sizeof(sun));
	(void)listen(server, 1);
	if (connect(client, (void *)&sun, sizeof(sun)) == -1) {
		say(what, -1);
	} else {
		fd = accept(server, NULL, NULL);
		(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
		printf("%s ok %d:%d\n", what, (int)peer.uid, (int)peer.gid);
		close(fd);
	}
	close(server);
	close(client);
	say("unlink", unlink(path));
}

static void *
other_thread(void *p)
{
	(void)p;
	for (;;) {
		sem_wait(&thread_go);
		step(thread_step);
		sem_post(&thread_done);
	}
	return NULL;
}

static void
in_thread(char *text)
{
	static pthread_t thread;

	if (thread == 0) {
		sem_init(&thread_go, 0, 0);
		sem_init(&thread_done, 0, 0);
		if (pthread_create(&thread, NULL, other_thread, NULL) != 0)
			errx(1, "pthread_create");
	}
	thread_step = text;
	fflush(stdout);
	sem_post(&thread_go);
	sem_wait(&thread_done);
}

/* The rest happens in a child; as an orphan it is waited for by a pipe. */
static void
in_child(bool orphan)
{
	int fds[2], status;
	char c;

	fflush(stdout);
	if (pipe2(fds, O_CLOEXEC) == -1)
		err(1, "pipe");
	if (fork() == 0) {
		if (orphan && (setsid() == -1 || fork() != 0))
			_exit(0);
		close(fds[0]);
		run_rest();
		exit(0);
	}
	close(fds[1]);
	(void)wait(&status);
	(void)read(fds[0], &c, 1); /* its end */
	exit(0);
}

static void
execute(char *path)
{
	char **argv = rest - 1;

	fflush(stdout);
	argv[0] = path;
	execv(path, argv);
	say("exec", -1);
}

static void
change(const char *what, char letter, char *text)
{
	long n[3];

	numbers(text, letter == 'b' ? 16 : 10, n);
	switch (letter) {
	case 'u':
		say(what, setuid((uid_t)n[0]));
		break;
	case 'e':
		say(what, seteuid((uid_t)n[0]));
		break;
	case 'g':
		say(what, setgid((gid_t)n[0]));
		break;
	case 'E':
		say(what, setegid((gid_t)n[0]));
		break;
	case 'R':
		say(what, syscall(SYS_setresuid, n[0], n[1], n[2]));
		break;
	case 'P':
		say(what, syscall(SYS_setresgid, n[0], n[1], n[2]));
		break;
	case 'F':
		printf("%s %d\n", what, setfsuid((uid_t)n[0]));
		break;
	case 'f':
		printf("%s %d\n", what, setfsgid((gid_t)n[0]));
		break;
	case 'G':
		say(what, set_groups(text));
		break;
	case 'c':
		say(what, set_capabilities(text));
		break;
	case 'k':
		say(what, prctl(PR_SET_KEEPCAPS, n[0], 0, 0, 0));
		break;
	case 'b':
		say(what, prctl(PR_SET_SECUREBITS, n[0], 0, 0, 0));
		break;
	case 'M':
		printf("%s %o\n", what, umask((mode_t)strtol(text, NULL, 8)));
		break;
	default:
		errx(2, "%s: no such step", what);
	}
}

static void
step(char *what)
{
	char *text = what + 2, link[PATH_MAX];
	struct stat st;
	int fd;

	if (what[0] == '\0' || what[1] != ':')
		errx(2, "%s: no step", what);
	switch (what[0]) {
	case 'o':
		fd = open(text, O_RDONLY);
		say(what, fd);
		if (fd != -1)
			close(fd);
		break;
	case 'w':
		make(what, text);
		break;
	case 'O':
		fd = open(text, O_RDWR);
		say(what, fd);
		if (fd != -1)
			close(fd);
		break;
	case 'K':
		say(what, dup2(open(text, O_RDONLY), 100));
		break;
	case 'D':
		fd = open(text, O_RDONLY);
		say(what, fd == -1 ? -1 : read(fd, link, 1));
		close(fd);
		break;
	case 'Z':
		printf("%s %s\n", what, tells_frames() ? "yes" : "no");
		break;
	case 'q':
		say(what, kill(atoi(text), 0));
		break;
	case 'L':
		say(what, readlink(text, link, sizeof(link)));
		break;
	case 'a':
		say(what, access(text, R_OK));
		break;
	case 'A':
		say(what, faccessat(AT_FDCWD, text, R_OK, AT_EACCESS));
		break;
	case 's':
		say(what, stat(text, &st));
		break;
	case 'p':
		say(what, bind_port(text));
		break;
	case 'l':
		meet(what, text);
		break;
	case 'r':
		say(what, chroot(text));
		break;
	case 'C':
		say(what, chdir(text));
		break;
	case 't':
		in_thread(text);
		break;
	case 'n':
	case 'N':
		in_child(what[0] == 'N');
		break;
	case 'x':
		execute(text);
		break;
	case 'X':
		what[0] = 'x';
		in_thread(what);
		break;
	default:
		change(what, what[0], text);
	}
}

static void
run_rest(void)
{
	while (*rest != NULL)
		step(*rest++);
	fflush(stdout);
}

int
main(int argc, char *argv[])
{
	(void)argc;
	rest = argv + 1;
	run_rest();
	return 0;
}
