/* SPDX-License-Identifier: ISC */
/*
 * Read and written by calls, never mapped where the monitor is: what others do
 * to the file cannot hurt who reads it.
 */
#include "card.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "session/refusal.h"
#include "session/session.h"

#define CARD_SIZE (CARD_HEAD_SIZE + (off_t)sizeof(struct refusals))
#define CARD_BLOCK 512 /* of st_blocks */

_Static_assert(sizeof(struct card_head) <= CARD_HEAD_SIZE, "one page");

int
card_new(void)
{
	int card, error;

	/* vm.memfd_noexec may demand the first. */
	card = memfd_create("privd",
	    MFD_CLOEXEC | MFD_ALLOW_SEALING | COMPAT_MFD_NOEXEC_SEAL);
	if (card == -1 && errno == EINVAL)
		card = memfd_create("privd", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (card == -1)
		return -1;
	if (ftruncate(card, CARD_SIZE) == 0 &&
	    fcntl(card, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return card;
	error = errno;
	close(card);
	errno = error;
	return -1;
}

bool
card_is_one(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	return seals != -1 && (seals & F_SEAL_SEAL) != 0 &&
	    fstat(fd, &st) == 0 && st.st_size == CARD_SIZE;
}

int
card_write(int card, enum card_kind kind, const char *program, uint32_t calls)
{
	struct card_head head;
	ssize_t n;

	memset(&head, 0, sizeof(head));
	head.kind = kind;
	head.calls = calls;
	(void)strlcpy(head.program, program, sizeof(head.program));
	n = pwrite(card, &head, sizeof(head), 0);
	return n == (ssize_t)sizeof(head) ? 0 : -1;
}

static enum card_kind
read_kind(int card)
{
	uint32_t kind;

	if (pread(card, &kind, sizeof(kind), 0) != (ssize_t)sizeof(kind) ||
	    kind > CARD_LAUNCHING)
		return CARD_OPENING;
	return (enum card_kind)kind;
}

enum card_kind
card_kind(int card)
{
	enum card_kind kind = read_kind(card);

	return kind == CARD_LAUNCHING ? CARD_OPENING : kind;
}

bool
card_is_launching(int card)
{
	return read_kind(card) == CARD_LAUNCHING;
}

uint32_t
card_calls(int card)
{
	uint32_t calls;

	if (pread(card, &calls, sizeof(calls),
		offsetof(struct card_head, calls)) != (ssize_t)sizeof(calls))
		return 0;
	return calls < SESSION_CALLS_MAX ? calls : SESSION_CALLS_MAX;
}

int
card_read(int card, struct card_head *head)
{
	if (pread(card, head, sizeof(*head), 0) != (ssize_t)sizeof(*head)) {
		errno = EIO;
		return -1;
	}
	head->program[CARD_PROGRAM_MAX] = '\0';
	return 0;
}

struct refusals *
card_map_refusals(int card)
{
	void *p;

	p = mmap(NULL, sizeof(struct refusals), PROT_READ | PROT_WRITE,
	    MAP_SHARED, card, CARD_HEAD_SIZE);
	return p == MAP_FAILED ? NULL : p;
}

/* The file has no pages but those that were written. */
bool
card_has_refusals(int card)
{
	struct stat st;

	return fstat(card, &st) == 0 &&
	    st.st_blocks > CARD_HEAD_SIZE / CARD_BLOCK;
}

bool
card_read_refusal(int card, unsigned int n, struct refusal *refusal)
{
	off_t place = CARD_HEAD_SIZE + (off_t)(n * sizeof(*refusal));
	uint32_t turn;

	if (n >= REFUSALS ||
	    pread(card, refusal, sizeof(*refusal), place) !=
		(ssize_t)sizeof(*refusal) ||
	    pread(card, &turn, sizeof(turn), place) != (ssize_t)sizeof(turn))
		return false;
	return turn != 0 && turn == atomic_load(&refusal->turn);
}
