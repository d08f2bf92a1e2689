/* SPDX-License-Identifier: ISC */
/*
 * Policies to seccomp BPF: one program for the closure of the policies that
 * a program can reach by exec.
 *
 * What comes out may permit less than the policies and ask the broker; it
 * must never permit a call that any policy of the closure would not permit
 * without condition. Everything here is a pure function.
 */
#ifndef PRIVD_FILTER_H
#define PRIVD_FILTER_H

#include <linux/filter.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../syscalls/syscalls.h"

struct policy_image;
struct seccomp_data;

#define FILTER_INSNS_MAX 4096
#define FILTER_IMAGES_MAX 8

/*
 * The images that a process is under at once (the system's policy and the
 * user's, and those that confine it besides): a call needs all of them, the
 * first that does not permit answers. Never empty.
 */
struct filter_set {
	const struct policy_image *images[FILTER_IMAGES_MAX];
	size_t count;
};

struct filter_input {
	/* The closure; a program that may nothing is there as
	   policy_none(). A process may also be under any set that is put
	   together from images of these: what the filter permits by itself
	   each of them permits. */
	const struct filter_set *closure;
	size_t nclosure;
	bool guarded;       /* elevated: security.md's refusals */
	bool enforcing;     /* -a */
	bool no_alias;      /* -u */
	bool packet_filter; /* a rule has `filter` or `device` */
	bool addresses;     /* a rule tests where sockets lead to */
	/* the caller holds capabilities: calls that change credentials are
	   always notified when permitted */
	bool capable;
};

struct filter_program {
	struct sock_filter *insns;
	unsigned short count;
};

/*
 * Emits the program: for the native machine, and, where the closure has
 * policies for linux32, for 32-bit programs. Under a policy the other ABI's
 * calls are ENOSYS; where both kinds are in the closure the broker is asked
 * whatever they do not answer alike. What must not be asked (SYS_QUIET) it
 * permits in both where all permit it without condition. Returns 0; -1 with
 * ENOMEM or E2BIG (more than FILTER_INSNS_MAX instructions). filter_free()
 * frees it.
 */
int filter_build(const struct filter_input *, struct filter_program *);
void filter_free(struct filter_program *);

/*
 * What the program answers to a call: an interpreter of seccomp's classic
 * BPF, for tests and for `privctl calls`. Returns the SECCOMP_RET_* value;
 * SECCOMP_RET_KILL_PROCESS for a malformed program.
 */
uint32_t filter_run(const struct filter_program *, const struct seccomp_data *);

/* Are there registers with which it asks the broker about that native call?
   (Of a program of filter_build(); without memory: yes.) */
bool filter_asks(const struct filter_program *, int number);

/* The refusals before the policies, of a call whose registers the filter could
   not see: is it refused, and how (0: without effect)? */
bool filter_refusal(const struct filter_input *, const struct sys_call *,
    const uint64_t regs[SYS_REGS], int *error);
/* Does one of them look at its registers at all? */
bool filter_looks(const struct filter_input *, const struct sys_call *);

/*
 * What becomes of a call in a session: what its row and the refusals before
 * the policies say together.
 */
enum filter_decision {
	FILTER_PERFORMED,     /* by the broker, on its own copies */
	FILTER_KERNEL_JUDGED, /* by its number and registers, in the filter */
	FILTER_CONTINUED,     /* the kernel goes on with the program's memory */
	FILTER_REFUSED
};

#define FILTER_REASON_MAX 1024

/*
 * The reason, as text: why it is so, or which forms are answered otherwise;
 * empty where there is nothing to say. Calls of the 32-bit ABI are those of
 * foreign programs.
 */
enum filter_decision filter_decide(const struct sys_call *, enum sys_machine,
    char *reason, size_t);
const char *filter_decision_name(enum filter_decision);

/*
 * Is the call one of those that every policy must name, and one of the set
 * does not? 0, or the errno with which it is refused; without registers also
 * FILTER_DEPENDS, where these decide. Where none of the closure names it the
 * filter does that; where some do, it asks.
 */
#define FILTER_DEPENDS (-1)
int filter_unnamed(const struct filter_set *, bool no_alias, bool guarded,
    const struct sys_call *, const uint64_t *regs);

#endif /* PRIVD_FILTER_H */
