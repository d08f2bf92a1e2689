/* SPDX-License-Identifier: ISC */
/*
 * Read and written by calls, never mapped where the monitor is: what others do
 * to the file cannot hurt who reads it.
 */
#include "card.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(struct card_head) <= CARD_HEAD_SIZE, "one page");

int
card_new(void)
{
	int card, error;

	card = memfd_create("privd", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (card == -1)
		return -1;
	if (ftruncate(card, CARD_HEAD_SIZE) == 0 &&
	    fcntl(card, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return card;
	error = errno;
	close(card);
	errno = error;
	return -1;
}

int
card_write(int card, enum card_kind kind, const char *program)
{
	struct card_head head;
	ssize_t n;

	memset(&head, 0, sizeof(head));
	head.kind = kind;
	(void)strlcpy(head.program, program, sizeof(head.program));
	n = pwrite(card, &head, sizeof(head), 0);
	return n == (ssize_t)sizeof(head) ? 0 : -1;
}

enum card_kind
card_kind(int card)
{
	uint32_t kind;

	if (pread(card, &kind, sizeof(kind), 0) != (ssize_t)sizeof(kind) ||
	    (kind != CARD_SESSION && kind != CARD_TALK))
		return CARD_OPENING;
	return (enum card_kind)kind;
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
