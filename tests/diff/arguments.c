/* SPDX-License-Identifier: ISC */
/*
 * Words become the registers of a system call, by letters:
 *
 *	i number	d descriptor	p path or string, or an address
 *	P process	n bytes, and their number
 *	o output	z its size, all of it	O output, and a word as its size
 *	t two timespecs	v two timevals	w utimbuf	h open_how and its size
 *	a sockaddr and its length	g groups	x xattr_args
 *	l int by address	L its length behind it	r rlimit	0 a zero
 *	A output for an address, and a place for its length
 */
#include "diff.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <linux/openat2.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

struct xattr_arguments {
	uint64_t value;
	uint32_t size;
	uint32_t flags;
};

static void
push(struct frame *frame, long value)
{
	if (frame->n == sizeof(frame->reg) / sizeof(frame->reg[0]))
		errx(1, "too many arguments");
	frame->reg[frame->n++] = value;
}

/* A structure that the call reads. */
static void
push_in(struct frame *frame, const void *what, size_t len)
{
	char *copy = frame->in[frame->n];

	memcpy(copy, what, len);
	push(frame, (long)copy);
}

static long
number(struct words *words)
{
	long value;

	if (!names_parse(words_next(words), &value))
		words->wrong = true;
	return value;
}

/* The last bytes before memory that is not there; without a NUL if cut. */
static long
at_edge(const char *text, bool cut)
{
	static char *page;
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	size_t len = strlen(text) + (cut ? 0 : 1);

	if (page == NULL) {
		page = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED ||
		    mprotect(page + size, size, PROT_NONE) == -1)
			err(1, "mmap");
	}
	memcpy(page + size - len, text, len);
	return (long)(page + size - len);
}

long
pointer_of(char *word)
{
	if (strcmp(word, "@null") == 0)
		return 0;
	if (strcmp(word, "@bad") == 0)
		return 16;
	if (strcmp(word, "@kernel") == 0)
		return (long)0xffffffff81000000UL;
	if (strncmp(word, "@edge:", 6) == 0)
		return at_edge(word + 6, false);
	if (strncmp(word, "@cut:", 5) == 0)
		return at_edge(word + 5, true);
	return (long)word;
}

/* "5.25": seconds and nanoseconds */
static bool
parse_time(const char *text, struct timespec *time)
{
	char *end;

	time->tv_sec = 0;
	time->tv_nsec = 0;
	if (strcmp(text, "now") == 0)
		time->tv_nsec = UTIME_NOW;
	else if (strcmp(text, "omit") == 0)
		time->tv_nsec = UTIME_OMIT;
	else {
		time->tv_sec = strtol(text, &end, 10);
		if (*end == '.')
			time->tv_nsec = strtol(end + 1, &end, 10);
		return *end == '\0';
	}
	return true;
}

/* "5,7.5": access and modification; false for @null and the like */
static bool
parse_times(struct words *words, struct frame *frame, struct timespec times[2])
{
	char *word = words_next(words), *comma = strchr(word, ',');

	if (word[0] == '@') {
		push(frame, pointer_of(word));
		return false;
	}
	if (comma == NULL) {
		words->wrong = true;
		return false;
	}
	*comma = '\0';
	if (!parse_time(word, &times[0]) || !parse_time(comma + 1, &times[1]))
		words->wrong = true;
	*comma = ',';
	return true;
}

static void
push_timevals(struct frame *frame, struct words *words)
{
	struct timespec times[2];
	struct timeval vals[2];
	size_t i;

	if (!parse_times(words, frame, times))
		return;
	for (i = 0; i < 2; i++) {
		vals[i].tv_sec = times[i].tv_sec;
		vals[i].tv_usec = times[i].tv_nsec;
	}
	push_in(frame, vals, sizeof(vals));
}

static void
push_utimbuf(struct frame *frame, struct words *words)
{
	struct timespec times[2];
	struct utimbuf buf;

	if (!parse_times(words, frame, times))
		return;
	buf.actime = times[0].tv_sec;
	buf.modtime = times[1].tv_sec;
	push_in(frame, &buf, sizeof(buf));
}

static void
push_timespecs(struct frame *frame, struct words *words)
{
	struct timespec times[2];

	if (parse_times(words, frame, times))
		push_in(frame, times, sizeof(times));
}

/* flags mode resolve size; more bytes than the structure has are 1. */
static void
push_how(struct frame *frame, struct words *words)
{
	char room[256];
	struct open_how how;
	size_t size;

	memset(&how, 0, sizeof(how));
	how.flags = (uint64_t)number(words);
	how.mode = (uint64_t)number(words);
	how.resolve = (uint64_t)number(words);
	size = (size_t)number(words);
	memset(room, 1, sizeof(room));
	memcpy(room, &how, sizeof(how));
	push_in(frame, room, sizeof(room));
	push(frame, (long)size);
}

static void
push_groups(struct frame *frame, struct words *words)
{
	char *list = words_next(words), *one;
	gid_t groups[32];
	size_t n = 0;

	if (strcmp(list, "none") != 0)
		while ((one = strsep(&list, ",")) != NULL && n < 32)
			groups[n++] = (gid_t)strtoul(one, NULL, 10);
	push(frame, (long)n);
	push_in(frame, groups, n * sizeof(groups[0]));
}

static void
push_xattr(struct frame *frame, struct words *words)
{
	struct xattr_arguments args;
	size_t at = words->next;

	args.value = (uintptr_t)words_next(words);
	args.size = (uint32_t)words->len[at];
	args.flags = (uint32_t)number(words);
	push_in(frame, &args, sizeof(args));
	push(frame, sizeof(args));
}

/* The same to read into: the output. */
static void
push_xattr_out(struct frame *frame)
{
	struct xattr_arguments args = { (uintptr_t)frame->out, 4096, 0 };

	push_in(frame, &args, sizeof(args));
	push(frame, sizeof(args));
}

static void
push_rlimit(struct frame *frame, struct words *words)
{
	struct rlimit limit;

	limit.rlim_cur = (rlim_t)number(words);
	limit.rlim_max = (rlim_t)number(words);
	push_in(frame, &limit, sizeof(limit));
}

static void
push_int(struct frame *frame, struct words *words, bool with_length)
{
	int value = (int)number(words);

	push_in(frame, &value, sizeof(value));
	if (with_length)
		push(frame, sizeof(value));
}

static void
push_address(struct frame *frame, struct words *words)
{
	char *word = words_next(words);

	if (word[0] == '@') {
		push(frame, pointer_of(word));
		push(frame, 16);
		return;
	}
	if (!address_parse(word, &frame->addr, &frame->addr_len))
		words->wrong = true;
	push(frame, (long)&frame->addr);
	push(frame, frame->addr_len);
}

static void
push_address_out(struct frame *frame)
{
	frame->addr_len = sizeof(frame->addr);
	push(frame, (long)&frame->addr);
	push(frame, (long)&frame->addr_len);
}

static void
push_bytes(struct frame *frame, struct words *words)
{
	size_t at = words->next;
	char *word = words_next(words);

	push(frame, pointer_of(word));
	push(frame, words->wrong ? 0 : (long)words->len[at]);
}

static void
push_process(struct frame *frame, struct words *words)
{
	long value = 0;

	if (!names_process(words_next(words), &value))
		words->wrong = true;
	push(frame, value);
}

/* Letters that need words of their own kind. */
static bool
push_structure(struct frame *frame, struct words *words, char kind)
{
	static const struct {
		char kind;
		void (*push)(struct frame *, struct words *);
	} kinds[] = {
		{ 't', push_timespecs },
		{ 'v', push_timevals },
		{ 'w', push_utimbuf },
		{ 'h', push_how },
		{ 'a', push_address },
		{ 'g', push_groups },
		{ 'x', push_xattr },
		{ 'r', push_rlimit },
		{ 'n', push_bytes },
		{ 'P', push_process },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind) {
			kinds[i].push(frame, words);
			return true;
		}
	return false;
}

static void
push_kind(struct frame *frame, struct words *words, char kind)
{
	switch (kind) {
	case 'i':
	case 'd':
		push(frame, number(words));
		break;
	case 'p':
		push(frame, pointer_of(words_next(words)));
		break;
	case 'O':
		push(frame, (long)frame->out);
		push(frame, number(words));
		break;
	case 'o':
		push(frame, (long)frame->out);
		break;
	case 'z':
		push(frame, 4096);
		break;
	case 'y':
		push_xattr_out(frame);
		break;
	case 'l':
	case 'L':
		push_int(frame, words, kind == 'L');
		break;
	case 'A':
		push_address_out(frame);
		break;
	case '0':
		push(frame, 0);
		break;
	default:
		errx(1, "no kind of argument: %c", kind);
	}
}

void
frame_fill(struct frame *frame, struct words *words, const char *kinds)
{
	memset(frame, 0, sizeof(*frame));
	for (; *kinds != '\0'; kinds++)
		if (!push_structure(frame, words, *kinds))
			push_kind(frame, words, *kinds);
}
