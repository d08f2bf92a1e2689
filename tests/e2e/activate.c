/* SPDX-License-Identifier: ISC */
/*
 * A service manager for the tests: activate KIND PATH NOTIFY command ... runs
 * the command with a socket at PATH handed over, which is as it should be
 * ("good") or not, and prints what is told at NOTIFY, a line each.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sockaddr_un
address(const char *path)
{
	struct sockaddr_un sun;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	return sun;
}

static int
bound(int type, const char *path)
{
	struct sockaddr_un sun = address(path);
	int sock = socket(AF_UNIX, type, 0);

	(void)unlink(path);
	if (sock == -1 ||
	    bind(sock, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(1, "%s", path);
	return sock;
}

/* Prints until whoever started it is gone, and all was read. */
static void
print_notes(int sock, pid_t parent)
{
	struct pollfd pfd = { .fd = sock, .events = POLLIN };
	char text[4096];
	ssize_t n, i;
	int alive;

	do {
		alive = getppid() == parent;
		if (poll(&pfd, 1, alive ? 100 : 0) != 1)
			continue;
		n = recv(sock, text, sizeof(text), 0);
		for (i = 0; i < n; i++)
			if (text[i] == '\n')
				text[i] = ' ';
		printf("%.*s\n", (int)n, text);
		fflush(stdout);
	} while (alive || pfd.revents != 0);
	exit(0);
}

static int
make(const char *kind, const char *path)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	char other[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int sock;

	snprintf(other, sizeof(other), "%sx", path);
	if (strcmp(kind, "inet") == 0) {
		sock = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(sock, (struct sockaddr *)&sin, sizeof(sin)) == -1)
			err(1, "bind");
	} else if (strcmp(kind, "file") == 0)
		return open("/dev/null", O_RDWR);
	else
		sock = bound(strcmp(kind, "stream") == 0 ? SOCK_STREAM :
							   SOCK_SEQPACKET,
		    strcmp(kind, "elsewhere") == 0 ? other : path);
	if (strcmp(kind, "user") == 0 && seteuid(65534) == -1)
		err(1, "seteuid");
	if (strcmp(kind, "deaf") != 0 && listen(sock, 10) == -1)
		err(1, "listen");
	if (seteuid(0) == -1)
		err(1, "seteuid");
	if (strcmp(kind, "inet") != 0)
		chmod(strcmp(kind, "elsewhere") == 0 ? other : path, 0666);
	return sock;
}

int
main(int argc, char *argv[])
{
	const char *kind = argv[1];
	pid_t self = getpid();
	char pid[16];
	int sock, notes;

	if (argc < 5)
		errx(2, "usage: activate kind path notify command ...");
	notes = bound(SOCK_DGRAM, argv[3]);
	if (fork() == 0)
		print_notes(notes, self);
	close(notes);
	if (strcmp(kind, "none") != 0) {
		sock = make(kind, argv[2]);
		if (dup2(sock, 3) == -1)
			err(1, "dup2");
		if (sock != 3)
			close(sock);
		snprintf(pid, sizeof(pid), "%d",
		    self + (strcmp(kind, "another") == 0));
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", strcmp(kind, "two") == 0 ? "2" : "1", 1);
		setenv("LISTEN_FDNAMES", "privd.socket", 1);
	}
	setenv("NOTIFY_SOCKET", argv[3], 1);
	execvp(argv[4], argv + 4);
	err(1, "%s", argv[4]);
}
