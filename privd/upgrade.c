/* SPDX-License-Identifier: ISC */
/*
 * The numbers of the socket and its lock are told by the environment, with the
 * process's own: what another process inherits of that says nothing to it.
 */
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "listener.h"
#include "lock.h"
#include "log.h"
#include "service.h"

/* pid:socket:given:lock:device:inode */
#define VARIABLE "PRIVD_LISTENER"

void
upgrade_init(struct upgrade *upgrade, char *const *argv)
{
	ssize_t n;

	upgrade->argv = argv;
	upgrade->checker = 0;
	n = readlink("/proc/self/exe", upgrade->file,
	    sizeof(upgrade->file) - 1);
	upgrade->file[n > 0 ? n : 0] = '\0';
}

/* The arguments that it had, and -n. */
static void __attribute__((noreturn)) check(const struct upgrade *upgrade)
{
	size_t n = 0, i;
	char *option = strdup("-n");
	char **argv;
	sigset_t none;

	while (upgrade->argv[n] != NULL)
		n++;
	argv = calloc(n + 2, sizeof(*argv));
	if (n == 0 || argv == NULL || option == NULL)
		_exit(1);
	argv[0] = upgrade->argv[0];
	argv[1] = option;
	for (i = 1; i < n; i++)
		argv[i + 1] = upgrade->argv[i];
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	execv(upgrade->file, argv);
	_exit(1);
}

void
upgrade_begin(struct upgrade *upgrade)
{
	pid_t pid;

	if (upgrade->checker != 0)
		return;
	pid = fork();
	if (pid == 0)
		check(upgrade);
	if (pid == -1)
		log_write(LOG_ERR, "upgrade: %m");
	else
		upgrade->checker = pid;
}

/* Are they kept when a file is executed? */
static int
keep(const struct listener *listener, bool kept)
{
	const int flags = kept ? 0 : FD_CLOEXEC;

	return fcntl(listener->sock, F_SETFD, flags) == -1 ||
		fcntl(listener->lock, F_SETFD, flags) == -1 ?
	    -1 :
	    0;
}

void
upgrade_go_on(struct upgrade *upgrade, int status,
    const struct listener *listener)
{
	char text[128];

	upgrade->checker = 0;
	if (status != 0) {
		log_write(LOG_ERR,
		    "%s does not run, or finds errors in the configuration: "
		    "no upgrade",
		    upgrade->file);
		return;
	}
	log_write(LOG_NOTICE, "executes %s anew", upgrade->file);
	(void)snprintf(text, sizeof(text), "%d:%d:%d:%d:%ju:%ju", getpid(),
	    listener->sock, listener->given, listener->lock,
	    (uintmax_t)listener->dev, (uintmax_t)listener->ino);
	if (setenv(VARIABLE, text, 1) == 0 && keep(listener, true) == 0)
		execv(upgrade->file, upgrade->argv);
	log_write(LOG_ERR, "%s: %m", upgrade->file);
	(void)keep(listener, false);
	(void)unsetenv(VARIABLE);
}

/* The descriptor if it is one, and good; else it is closed. */
static int
take(int fd, bool good)
{
	if (good || fd <= STDERR_FILENO)
		return good ? fd : -1;
	close(fd);
	return -1;
}

static bool
is_inherited(int fd)
{
	return fd > STDERR_FILENO && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

void
upgrade_listener(struct upgrade *upgrade, const char *path,
    struct listener *listener)
{
	const char *text = getenv(VARIABLE);
	uintmax_t dev, ino;
	int pid, sock, lock, given, n;

	listener->sock = listener->lock = -1;
	if (text == NULL)
		return;
	n = sscanf(text, "%d:%d:%d:%d:%ju:%ju", &pid, &sock, &given, &lock,
	    &dev, &ino);
	(void)unsetenv(VARIABLE);
	if (n != 6 || pid != getpid())
		return;
	upgrade->done = true;
	listener->given = given != 0;
	listener->dev = (dev_t)dev;
	listener->ino = (ino_t)ino;
	listener->lock = take(lock,
	    is_inherited(lock) && lock_is_held(lock, path));
	listener->sock = take(sock,
	    is_inherited(sock) && service_find_wrong(sock, path) == NULL &&
		listener_is_there(listener, path));
}
