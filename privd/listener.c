/* SPDX-License-Identifier: ISC */
#include "listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 128

/* The folder of the socket is ours, and those above it that are not there;
   others only pass through them. */
int
listener_make_folders(const char *path)
{
	char *folder = strdup(path), *end = folder;
	int result = 0;

	if (folder == NULL)
		return -1;
	while (result == 0 && (end = strchr(end + 1, '/')) != NULL) {
		*end = '\0';
		if (mkdir(folder, 0755) == -1 && errno != EEXIST)
			result = -1;
		*end = '/';
	}
	free(folder);
	return result;
}

/*
 * Everybody may connect; who may have what is the policies' affair. It has its
 * mode when it is made: by then its name could lead elsewhere, where others
 * than root can write to its folder.
 */
static int
bind_for_all(int sock, const struct sockaddr_un *sun)
{
	mode_t mask = umask(0111);
	int result = bind(sock, (const struct sockaddr *)sun, sizeof(*sun));

	(void)umask(mask);
	return result;
}

int
listener_learn(struct listener *listener, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return -1;
	listener->dev = st.st_dev;
	listener->ino = st.st_ino;
	return 0;
}

bool
listener_is_there(const struct listener *listener, const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_dev == listener->dev &&
	    st.st_ino == listener->ino;
}

int
listener_open(struct listener *listener, const char *path)
{
	struct sockaddr_un sun;
	int sock, error;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (sock == -1)
		return -1;
	if ((unlink(path) == 0 || errno == ENOENT) &&
	    bind_for_all(sock, &sun) == 0 && listen(sock, BACKLOG) == 0 &&
	    listener_learn(listener, path) == 0) {
		listener->sock = sock;
		return 0;
	}
	error = errno;
	close(sock);
	errno = error;
	return -1;
}

void
listener_remove(const struct listener *listener, const char *path)
{
	if (!listener->given && listener_is_there(listener, path))
		(void)unlink(path);
}
