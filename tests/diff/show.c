/* SPDX-License-Identifier: ISC */
/*
 * Prints what calls gave, without what differs from run to run: numbers of
 * inodes and devices, the time of now, process ids, ports that the kernel
 * picked.
 */
#include "diff.h"

#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* 32-bit programs see it of whatever the broker opened: so the manual. */
#ifdef __i386__
#define LARGEFILE 0100000
#else
#define LARGEFILE 0
#endif

static char buffer[65536];
static size_t buffered;

void
say_flush(void)
{
	size_t done = 0;
	ssize_t n;

	for (; done < buffered; done += (size_t)n)
		if ((n = write(STDOUT_FILENO, buffer + done,
			 buffered - done)) == -1)
			_exit(1);
	buffered = 0;
}

void
say(const char *format, ...)
{
	va_list ap;
	int n;

	if (buffered > sizeof(buffer) - 32768)
		say_flush();
	va_start(ap, format);
	n = vsnprintf(buffer + buffered, sizeof(buffer) - buffered, format, ap);
	va_end(ap);
	if (n > 0)
		buffered += (size_t)n;
	if (buffered > sizeof(buffer))
		buffered = sizeof(buffer);
}

void
say_bytes(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < 4096; i++)
		if (isprint((unsigned char)bytes[i]) && bytes[i] != '\\')
			say("%c", bytes[i]);
		else
			say("\\x%02x", (unsigned char)bytes[i]);
}

void
say_result(long result)
{
	if (result == -1)
		say(" = -1 %s", names_errno(errno));
	else
		say(" = %ld", result);
}

void
say_status(int status)
{
	if (WIFEXITED(status))
		say(" exit %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		say(" signal %s%s", names_signal(WTERMSIG(status)),
		    WCOREDUMP(status) ? " core" : "");
	else if (WIFSTOPPED(status))
		say(" stopped %s", names_signal(WSTOPSIG(status)));
	else
		say(" continued");
}

const char *
say_time(long long seconds, unsigned long nanoseconds)
{
	static char text[4][64];
	static unsigned int which;
	char *to = text[which++ % 4];
	time_t now = time(NULL);

	if (seconds > now - 3600 && seconds < now + 3600)
		(void)snprintf(to, sizeof(text[0]), "now");
	else
		(void)snprintf(to, sizeof(text[0]), "%lld.%lu", seconds,
		    nanoseconds);
	return to;
}

static const char *
type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "folder";
	case S_IFLNK:
		return "link";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	default:
		return "other";
	}
}

void
say_stat(const struct stat *st)
{
	say(" %s %o %u:%u links %lu", type_name(st->st_mode),
	    st->st_mode & 07777, st->st_uid, st->st_gid,
	    (unsigned long)st->st_nlink);
	/* how large a folder is says where its file system put it */
	if (S_ISREG(st->st_mode) || S_ISLNK(st->st_mode))
		say(" size %lld", (long long)st->st_size);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		say(" device %u:%u", major(st->st_rdev), minor(st->st_rdev));
	/* one that is in no folder has what was there in memory before */
	else if ((st->st_mode & S_IFMT) != 0 &&
	    !(S_ISSOCK(st->st_mode) && major(st->st_dev) == 0))
		say(" modified %s",
		    say_time(st->st_mtim.tv_sec,
			(unsigned long)st->st_mtim.tv_nsec));
}

static void
say_full_stat(const struct stat *st)
{
	say_stat(st);
	if (S_ISSOCK(st->st_mode) || (st->st_mode & S_IFMT) == 0)
		return; /* nobody keeps theirs */
	say(" accessed %s changed %s block %ld inode %s",
	    say_time(st->st_atim.tv_sec, (unsigned long)st->st_atim.tv_nsec),
	    say_time(st->st_ctim.tv_sec, (unsigned long)st->st_ctim.tv_nsec),
	    (long)st->st_blksize, st->st_ino != 0 ? "there" : "none");
}

static void
say_statx(const struct statx *sx)
{
	say(" mask %x attributes %llx of %llx %s %o %u:%u links %u",
	    sx->stx_mask, (unsigned long long)sx->stx_attributes,
	    (unsigned long long)sx->stx_attributes_mask,
	    type_name(sx->stx_mode), sx->stx_mode & 07777, sx->stx_uid,
	    sx->stx_gid, sx->stx_nlink);
	if (S_ISREG(sx->stx_mode))
		say(" size %llu", (unsigned long long)sx->stx_size);
	say(" modified %s accessed %s born %s",
	    say_time(sx->stx_mtime.tv_sec, sx->stx_mtime.tv_nsec),
	    say_time(sx->stx_atime.tv_sec, sx->stx_atime.tv_nsec),
	    say_time(sx->stx_btime.tv_sec, sx->stx_btime.tv_nsec));
}

static void
say_statfs(const struct statfs *sf)
{
	say(" type %lx block %ld names %ld flags %lx", (long)sf->f_type,
	    (long)sf->f_bsize, (long)sf->f_namelen, (long)sf->f_flags);
}

static size_t
hide_number(char *bytes, size_t len, long number, const char *name)
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%ld", number);
	size_t put = strlen(name), i;

	for (i = 0; i + n <= len; i++) {
		if (memcmp(bytes + i, digits, n) != 0 ||
		    (i > 0 && isalnum((unsigned char)bytes[i - 1])) ||
		    (i + n < len && isalnum((unsigned char)bytes[i + n])))
			continue;
		memmove(bytes + i + put, bytes + i + n, len - i - n);
		memcpy(bytes + i, name, put);
		len = len - n + put;
	}
	return len;
}

/* The process's own number, wherever it stands; there is room for 64 more. */
size_t
hide_process(char *bytes, size_t len)
{
	len = hide_number(bytes, len, getpid(), "PID");
	return hide_number(bytes, len, gettid(), "TID");
}

/* "pipe:[123]" has a number of its own each time. */
static void
say_place(int fd)
{
	char path[64], place[4096 + 64];
	ssize_t n;
	const char *bracket;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, place, sizeof(place) - 65);
	if (n == -1) {
		say(" nowhere");
		return;
	}
	place[n] = '\0';
	bracket = strchr(place, '[');
	if (place[0] != '/' && bracket != NULL)
		n = bracket - place;
	/* the name of a file without one is its inode's number */
	if (strncmp(place + n - 10, " (deleted)", 10) == 0 &&
	    strstr(place, "/#") != NULL)
		n = strstr(place, "/#") - place;
	say(" at ");
	say_bytes(place, hide_process(place, (size_t)n));
}

/* Without O_NOFOLLOW: the manual says that it is not kept. */
void
say_fd(int fd)
{
	struct stat st;
	int error = errno;

	say(" flags %o %s offset %ld",
	    (unsigned int)fcntl(fd, F_GETFL) &
		~(unsigned int)(O_NOFOLLOW | LARGEFILE),
	    fcntl(fd, F_GETFD) == FD_CLOEXEC ? "cloexec" : "kept",
	    (long)lseek(fd, 0, SEEK_CUR));
	/* The times of a socket's inode are whatever was in that memory. */
	if (fstat(fd, &st) == 0 && !S_ISSOCK(st.st_mode))
		say_stat(&st);
	say_place(fd);
	errno = error;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
say_list(const char *list, size_t len)
{
	const char *names[256];
	size_t i, n = 0;

	for (i = 0; i < len && n < 256; i += strlen(list + i) + 1)
		names[n++] = list + i;
	qsort(names, n, sizeof(names[0]), compare_names);
	for (i = 0; i < n; i++)
		say(" %s", names[i]);
}

static void
show_stat(long result, const struct frame *frame)
{
	(void)result;
	say_full_stat((const void *)frame->out);
}

static void
show_statx(long result, const struct frame *frame)
{
	(void)result;
	say_statx((const void *)frame->out);
}

static void
show_statfs(long result, const struct frame *frame)
{
	(void)result;
	say_statfs((const void *)frame->out);
}

static void
show_fd(long result, const struct frame *frame)
{
	(void)frame;
	say_fd((int)result);
}

static void
show_bytes(long result, const struct frame *frame)
{
	say(" ");
	say_bytes(frame->out, (size_t)result);
}

/* Before its length is said. */
static long
hide_in_result(enum shown shown, long result, struct frame *frame)
{
	if (shown != SHOW_BYTES || result <= 0 ||
	    (size_t)result + 64 > sizeof(frame->out))
		return result;
	return (long)hide_process(frame->out, (size_t)result);
}

static void
show_list(long result, const struct frame *frame)
{
	say_list(frame->out, (size_t)result);
}

static void
show_int(long result, const struct frame *frame)
{
	int value;

	(void)result;
	memcpy(&value, frame->out, sizeof(value));
	say(" %d", value);
}

static void
show_address(long result, const struct frame *frame)
{
	(void)result;
	address_show(&frame->addr, frame->addr_len);
}

static void
show_limit(long result, const struct frame *frame)
{
	const struct rlimit *limit = (const void *)frame->out;

	(void)result;
	say(" %llx of %llx", (unsigned long long)limit->rlim_cur,
	    (unsigned long long)limit->rlim_max);
}

static void
show_process(long result, const struct frame *frame)
{
	(void)frame;
	say(" = %s",
	    result == getpid()      ? "self" :
		result == getppid() ? "parent" :
		result == 0         ? "0" :
				      "another");
}

void
say_shown(enum shown shown, long result, struct frame *frame)
{
	static void (*const show[])(long, const struct frame *) = {
		[SHOW_PID] = show_process,
		[SHOW_FD] = show_fd,
		[SHOW_STAT] = show_stat,
		[SHOW_STATX] = show_statx,
		[SHOW_STATFS] = show_statfs,
		[SHOW_BYTES] = show_bytes,
		[SHOW_LIST] = show_list,
		[SHOW_INT] = show_int,
		[SHOW_ADDR] = show_address,
		[SHOW_LIMIT] = show_limit,
		[SHOW_NOTHING] = NULL,
	};

	result = hide_in_result(shown, result, frame);
	if (shown != SHOW_PID || result == -1)
		say_result(result);
	if (result != -1 && show[shown] != NULL)
		show[shown](result, frame);
}
