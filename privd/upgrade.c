/* SPDX-License-Identifier: ISC */
/*
 * The socket's number is told by the environment, with the process's own: what
 * another process inherits of that says nothing to it.
 */
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"
#include "service.h"

#define VARIABLE "PRIVD_LISTENER" /* pid:descriptor:given */

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

void
upgrade_go_on(struct upgrade *upgrade, int status, int sock)
{
	char text[64];

	upgrade->checker = 0;
	if (status != 0) {
		log_write(LOG_ERR,
		    "%s does not run, or finds errors in the configuration: "
		    "no upgrade",
		    upgrade->file);
		return;
	}
	log_write(LOG_NOTICE, "executes %s anew", upgrade->file);
	(void)snprintf(text, sizeof(text), "%d:%d:%d", getpid(), sock,
	    upgrade->given);
	if (setenv(VARIABLE, text, 1) == 0 && fcntl(sock, F_SETFD, 0) == 0)
		execv(upgrade->file, upgrade->argv);
	log_write(LOG_ERR, "%s: %m", upgrade->file);
	(void)fcntl(sock, F_SETFD, FD_CLOEXEC);
	(void)unsetenv(VARIABLE);
}

int
upgrade_listener(struct upgrade *upgrade, const char *path)
{
	const char *text = getenv(VARIABLE);
	int pid, fd, given, n = 0;
	bool is_whole;

	if (text == NULL)
		return -1;
	is_whole = sscanf(text, "%d:%d:%d%n", &pid, &fd, &given, &n) == 3 &&
	    text[n] == '\0';
	(void)unsetenv(VARIABLE);
	if (!is_whole || pid != getpid() || fd <= STDERR_FILENO)
		return -1;
	upgrade->done = true;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return -1;
	if (service_find_wrong(fd, path) == NULL && access(path, F_OK) == 0) {
		upgrade->given = given != 0;
		return fd;
	}
	close(fd);
	return -1;
}
