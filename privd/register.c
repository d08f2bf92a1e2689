/* SPDX-License-Identifier: ISC */
/*
 * A file appears under its name when it is written and locked: one that is not
 * locked is nobody's. The lock is the process's (fcntl(2)), not its children's,
 * and ends with it whatever it dies of.
 */
#include "register.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "session/birth.h"

#define NAME_MAX_LEN 16
#define TEXT_MAX 128
#define HEAD "privd session 1: "

int
register_open(void)
{
	struct stat st;
	int fd;

	if ((mkdir(PRIVD_RUNDIR, 0755) == -1 && errno != EEXIST) ||
	    (mkdir(PRIVD_RUNDIR "/privd", 0755) == -1 && errno != EEXIST) ||
	    (mkdir(REGISTER_FOLDER, 0700) == -1 && errno != EEXIST))
		return -1;
	fd = open(REGISTER_FOLDER,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_uid == 0 && (st.st_mode & 077) == 0)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

static void
name_of(uid_t first_id, char *name)
{
	(void)snprintf(name, NAME_MAX_LEN, "%u", first_id);
}

int
register_has(int folder, uid_t first_id)
{
	char name[NAME_MAX_LEN];

	name_of(first_id, name);
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int
register_remove(int folder, uid_t first_id)
{
	char name[NAME_MAX_LEN];

	name_of(first_id, name);
	return unlinkat(folder, name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

static int
fill(int fd, uid_t user, pid_t peer, int card)
{
	const struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[TEXT_MAX];
	int n;

	n = snprintf(text, sizeof(text), HEAD "%u %d %llu %d\n", user, peer,
	    (unsigned long long)birth_started(peer), card);
	if (fcntl(fd, F_SETLK, &lock) == -1)
		return -1;
	return write(fd, text, (size_t)n) == n ? 0 : -1;
}

int
register_enter(int folder, uid_t first_id, uid_t user, pid_t peer, int card)
{
	char name[NAME_MAX_LEN], hidden[NAME_MAX_LEN];
	int fd, result, error;

	name_of(first_id, name);
	(void)snprintf(hidden, sizeof(hidden), ".%d", getpid());
	(void)unlinkat(folder, hidden, 0);
	fd = openat(folder, hidden,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return -1;
	result = fill(fd, user, peer, card);
	if (result == 0)
		result = linkat(folder, hidden, folder, name, 0);
	error = errno;
	(void)unlinkat(folder, hidden, 0);
	if (result == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

/* Who holds the lock; 0: nobody. */
static pid_t
holder_of(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) == -1 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : 0;
}

/* The number in a name or a text, which it alone makes up. */
static bool
take_number(const char **text, char end, uint64_t most, uint64_t *number)
{
	unsigned long long n;
	char *rest;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	n = strtoull(*text, &rest, 10);
	if (errno != 0 || *rest != end || n > most)
		return false;
	*text = rest + 1;
	*number = n;
	return true;
}

/* What the keeper tells of itself, if it is that. */
static int
take_card(int pidfd, int number)
{
	int card = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);

	if (card == -1 || card_is_one(card))
		return card;
	close(card);
	return -1;
}

/* Whose it is; what does not read so is a session nonetheless. */
static void
take_text(int fd, struct register_entry *entry)
{
	uint64_t user, peer, start, card;
	char buf[TEXT_MAX];
	const char *text = buf + strlen(HEAD);
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	if (strncmp(buf, HEAD, strlen(HEAD)) != 0 ||
	    !take_number(&text, ' ', UINT32_MAX - 1, &user) ||
	    !take_number(&text, ' ', INT32_MAX, &peer) ||
	    !take_number(&text, ' ', UINT64_MAX, &start) ||
	    !take_number(&text, '\n', INT32_MAX, &card) || *text != '\0')
		return;
	entry->user = (uid_t)user;
	entry->card = take_card(entry->pidfd, (int)card);
	if (peer == 0 || start == 0)
		return;
	entry->peer_pidfd = (int)syscall(SYS_pidfd_open, (pid_t)peer, 0);
	if (entry->peer_pidfd == -1)
		return;
	if (birth_started((pid_t)peer) == start) {
		entry->peer = (pid_t)peer;
		return;
	}
	close(entry->peer_pidfd);
	entry->peer_pidfd = -1;
}

/* The holder, pinned: it holds the lock still. False: there is none. */
static bool
pin_holder(int fd, struct register_entry *entry)
{
	entry->keeper = holder_of(fd);
	if (entry->keeper == 0)
		return false;
	entry->pidfd = (int)syscall(SYS_pidfd_open, entry->keeper, 0);
	if (entry->pidfd == -1)
		return false;
	if (holder_of(fd) == entry->keeper)
		return true;
	close(entry->pidfd);
	return false;
}

void
register_clear(struct register_entry *entry)
{
	close(entry->pidfd);
	if (entry->peer_pidfd != -1)
		close(entry->peer_pidfd);
	if (entry->card != -1)
		close(entry->card);
}

/* A file that gets its lock and its name in a moment, if its process is there
   still: see register_enter(). */
static bool
is_being_made(const char *name)
{
	const char *text = name + 1;
	uint64_t pid;

	return name[0] == '.' && take_number(&text, '\0', INT32_MAX, &pid) &&
	    pid > 0 && kill((pid_t)pid, 0) == 0;
}

static void
look_at(int folder, const char *name,
    void (*found)(void *, struct register_entry *), void *context)
{
	struct register_entry entry = { .user = REGISTER_NOBODY,
		.peer_pidfd = -1,
		.card = -1 };
	const char *text = name;
	struct stat st;
	uint64_t first_id;
	int fd;

	fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return;
	if (holder_of(fd) == 0) {
		if (!is_being_made(name))
			(void)unlinkat(folder, name, 0);
	} else if (!pin_holder(fd, &entry)) {
		close(fd); /* it ends, or there is no descriptor for it */
		return;
	} else if (!take_number(&text, '\0', UINT32_MAX, &first_id)) {
		close(entry.pidfd); /* it is being made */
	} else {
		entry.first_id = (uid_t)first_id;
		entry.began = fstat(fd, &st) == 0 ? st.st_mtim.tv_sec : 0;
		take_text(fd, &entry);
		found(context, &entry);
	}
	close(fd);
}

int
register_read(int folder, void (*found)(void *, struct register_entry *),
    void *context)
{
	struct dirent *entry;
	DIR *dir;
	int fd;

	fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd == -1 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		if (fd != -1)
			close(fd);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			look_at(folder, entry->d_name, found, context);
	(void)closedir(dir);
	return 0;
}
