/* SPDX-License-Identifier: ISC */
/*
 * The content of programs is read as the caller, from the file that was
 * pinned for the execve, and, if others than root could have written to it
 * since, again from what came to run.
 */
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../perform/perform.h"
#include "../policy/openssl.h"
#include "call.h"
#include "heir.h"
#include "image.h"
#include "judge.h"

#define DIGEST_SIZE 32

void
digest_init(void)
{
	(void)openssl();
}

bool
digest_can_change(const struct stat *st)
{
	return st->st_uid != 0 || (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/* Of a file that is pinned. 0 or errno. */
static int
digest_file(struct judge *judge, int file, uint8_t digest[DIGEST_SIZE])
{
	int fd, error = 0;

	judge_leave(judge);
	fd = perform_reopen(file, O_RDONLY, 0);
	if (fd == -1 || image_digest(fd, digest) == -1)
		error = errno;
	if (fd != -1)
		close(fd);
	judge_return(judge);
	return error;
}

static bool
contains(const struct filter_set *set, const struct policy_image *image)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->images[i] == image)
			return true;
	return false;
}

/* What goes on holding from the parent does so whatever the child is. */
static const uint8_t *
wanted_by(const struct policy_image *image, const struct filter_set *now,
    const struct heir_own *own)
{
	if (contains(now, image) && image != own->system && image != own->user)
		return NULL;
	return policy_digest(image);
}

int
digest_check(struct judge *judge, const struct call *call,
    const struct filter_set *next, const struct heir_own *own,
    const uint8_t **wanted, const char **why)
{
	uint8_t digest[DIGEST_SIZE];
	const uint8_t *wants;
	bool known = false;
	size_t i;

	*wanted = NULL;
	for (i = 0; i < next->count; i++) {
		wants = wanted_by(next->images[i], &call->regime->set, own);
		if (wants == NULL)
			continue;
		if (!known &&
		    digest_file(judge, call->pin[0].object, digest) != 0) {
			*why = "its content cannot be read, of which a policy "
			       "has a Digest";
			return EACCES;
		}
		known = true;
		if (memcmp(wants, digest, DIGEST_SIZE) != 0) {
			*why = "its content is not what the policy's Digest "
			       "says";
			return EPERM;
		}
		*wanted = wants;
	}
	if (!digest_can_change(&call->pin[0].st))
		*wanted = NULL;
	return 0;
}

const uint8_t *
digest_of_launch(const struct judge *judge)
{
	const struct session_plan *plan = judge->plan;
	const struct filter_set *set = &plan->regime;
	size_t i;

	/* The launcher has compared them all. */
	if (digest_can_change(&plan->program_st) && !plan->script)
		for (i = 0; i < set->count; i++)
			if (policy_digest(set->images[i]) != NULL)
				return policy_digest(set->images[i]);
	return NULL;
}

bool
digest_holds(struct judge *judge, struct call *call)
{
	const struct exec_watch *watch = &call->process->exec;
	uint8_t digest[DIGEST_SIZE];
	bool same;
	int fd;

	/* A script's interpreter has yet to read it. */
	if (watch->digest == NULL || watch->is_script)
		return true;
	fd = reach_open(&judge->reach, call->ticket.id, call->thread->tid,
	    call->thread->folder, REACH_EXE, 0);
	if (fd == -1)
		return false;
	same = digest_file(judge, fd, digest) == 0 &&
	    memcmp(digest, watch->digest, DIGEST_SIZE) == 0;
	close(fd);
	return same;
}
