/* SPDX-License-Identifier: ISC */
/*
 * One call on its way through the judge: what was received, the one copy of
 * what it names, what was pinned, and what was decided.
 */
#ifndef PRIVD_SESSION_CALL_H
#define PRIVD_SESSION_CALL_H

#include <sys/socket.h>

#include <linux/openat2.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../perform/perform.h"
#include "../policy/policy.h"
#include "../resolve/resolve.h"
#include "hand.h"
#include "process.h"
#include "refusal.h"
#include "target.h"

#define CALL_PATHS 2

struct judge;
struct message;
struct page_slot;
struct seccomp_data;
struct words;

/* The right, and the duty, to answer one notification. */
struct ticket {
	struct page_slot *slot;
	uint64_t id;
};

/* The first rule that would have permitted it, and did not count. */
struct call_passed {
	const struct policy_rule *rule; /* NULL: there is none */
	enum refusal_spent why;
	uint64_t wait; /* see budget_wait() */
};

struct call {
	struct judge *judge;
	struct ticket ticket;
	enum sys_machine machine; /* whose calls it is one of */
	uint64_t raw[SYS_REGS];
	uint64_t regs[SYS_REGS]; /* as the row has them */
	/* of several behind one number: which, and where its arguments are */
	struct sys_behind behind;
	bool is_behind; /* its arguments are in memory, at: */
	uint64_t arguments;
	const struct sys_call *row;
	const struct sys_call *base;
	enum sys_alias alias;
	struct thread *thread;
	struct process *process;
	struct regime *regime;       /* that judges it */
	struct policy_caller caller; /* as the policy sees it */
	/* taken at most once, given back at its end */
	struct handle *memory;
	struct handle *maps;
	struct handle *root;

	/* the copies */
	char path[CALL_PATHS][PATH_MAX];
	bool has_path[CALL_PATHS];
	bool empty[CALL_PATHS]; /* "" or NULL */
	int late_error;         /* of the second one's copy */
	char string[PATH_MAX];
	struct open_how how; /* of the whole open family */
	union {
		struct sockaddr sa;
		struct sockaddr_storage storage;
	} addr;
	socklen_t addr_len;  /* 0: a message without address */
	bool addr_is_path;   /* AF_UNIX in the file system */
	unsigned int nth;    /* of many messages */
	struct words *words; /* of an execve, where rules look at them */
	struct message *message;
	struct target target; /* the process that it is about */
	int fd;               /* a duplicate of what it acts on or with */
	int extra;            /* and of what it names beside */
	int held; /* opened at once and no plain file: see open_at_once() */
	char cwd[PATH_MAX]; /* $CWD; "" until known */
	unsigned char data[PERFORM_DATA_MAX];
	uint64_t out; /* where the result is to be written */
	uint64_t out_number;

	/* what is to be done, with all that it takes */
	struct perform_request ask;

	/* what was pinned */
	struct resolve_pin pin[CALL_PATHS];
	size_t npins;
	/* EACCES of a walk: taken up by a hand or given back */
	int walk_error;
	bool refused[CALL_PATHS];
	bool barred[CALL_PATHS]; /* so was it, perhaps for good */
	/* a plain reading of a path in canonical form: one call may do for
	   all, see call_at_once */
	bool unpinned;

	/* what the policy sees */
	struct policy_request request;
	char text[SYS_ARGS_MAX][SYS_VALUE_MAX];

	/* what it said */
	struct policy_verdict verdict;
	const struct policy_image *image; /* whose verdict it is */
	/* by which each policy of the regime permitted it; NULL: its default */
	const struct policy_rule *rules[FILTER_IMAGES_MAX];
	struct call_passed passed;
	bool elevated; /* and a hand performs it */
	bool judged;   /* all of this is about this call */
	bool based;    /* so are its base and its copies */
	bool told;     /* its refusal is noted: see refusal.h */

	/* what came of it, as it is and as a 32-bit program has it */
	struct perform_result result;
	unsigned char converted[PERFORM_DATA_MAX];
	/* what a hand is asked */
	struct hand_request asked;
	struct hand_reply reply;
};

/* The judge takes on the caller's credentials, where they can change. False:
   they cannot be told. */
bool call_become(struct judge *, struct call *);
/*
 * Copies what the call names, pins it and fills the request. Returns 0, or
 * the errno that ends the call before any rule is tried.
 */
int call_decode(struct judge *, struct call *);
/* The copies alone: of all arguments, and of what its form says beside. */
int call_copy_all(struct judge *, struct call *);
int call_take_payload(struct judge *, struct call *);
/* Of one that the kernel performs for its caller: all that it needs, when
   it is to be performed after all. 0 or errno. */
int call_take_late(struct judge *, struct call *);
/* Which call it is: its row, and its registers as that has them. 0 or errno. */
int call_take_number(struct call *, const struct seccomp_data *);
/* Of one of several behind a number: its arguments become its registers. They
   are a copy, so the kernel goes on with it only where no rule looks at
   them. 0 or errno. */
int call_copy_arguments(struct judge *, struct call *);
bool call_is_by_number(const struct judge *, const struct call *);
/* Otherwise it is performed as the caller, or refused. */
void call_perform_behind(struct judge *, struct call *);
/* Is it always the kernel's to make, as nobody converts what a 32-bit program
   has there? Its policies look at nothing of it: see closure.c. */
bool call_is_left(const struct call *);
/* Is the file one that this opening of a 32-bit program does not get? */
bool call_is_too_large(const struct call *, const struct stat *);
/* The same of what was opened. Asks nothing for programs of our own ABI. */
bool call_opened_too_large(const struct call *, int fd);
/* An address of len bytes, which becomes the call's. 0 or errno. */
int call_copy_address(struct judge *, struct call *, uint64_t addr,
    int32_t len);
/* A duplicate of the descriptor that it acts on or with. 0 or errno. */
int call_take_descriptor(struct judge *, struct call *);
/* What an option's value and a request's argument are; the descriptor was
   taken. 0 or errno. */
int call_take_option(struct judge *, struct call *, uint64_t addr);
int call_take_room(struct judge *, struct call *, uint64_t addr);
int call_take_argument(struct judge *, struct call *, uint64_t addr);
/* Pins its paths (again: of the same copy), and names them. 0 or errno. */
int call_pin(struct judge *, struct call *);
/* Walks another path of the caller's (a script's interpreter), from its
   working folder. 0 or errno. */
int call_walk(struct judge *, struct call *, const char *path,
    struct resolve_pin *);
/* One copy of a string or of bytes. 0 or errno. */
int call_copy(struct judge *, struct call *, uint64_t addr, void *, size_t len);
int call_copy_string(struct judge *, struct call *, uint64_t addr, char *,
    size_t size);
/* A structure of any size that the kernel would take: what is known of it,
   the rest zero (E2BIG); EINVAL if it is shorter than that. */
int call_copy_struct(struct judge *, struct call *, uint64_t addr,
    uint64_t size, void *known, size_t len);
/* The AT_* flags of a path argument, 0 if it has none. */
uint64_t call_at_flags(const struct call *, const struct sys_arg *);
/* Is the caller in the judge's own namespace of that name ("uts")? */
bool call_shares_namespace(struct judge *, const struct call *,
    const char *name);
/* And in that which the operation would change? */
bool call_is_in_place(struct judge *, const struct call *);
/* Where the calling program stands. 0 or errno. */
int call_view(struct judge *, struct call *, struct resolve_view *);
/* Is this folder of /proc the calling program's own? (context: the call) */
bool call_owns_folder(void *context, const struct stat *folder);
/* Does what was pinned lie there? Then what it may do with it itself is
   raised, and reach_lower() is due. */
bool call_raise_own(struct call *, const struct resolve_pin *);
/* Pins and names what was left unpinned. 0 or errno. */
int call_repin(struct judge *, struct call *);
/* Closes what was pinned, and gives back what was taken. */
void call_clear(struct call *);

/*
 * Evaluates it under its regime: all its policies must permit. Consumes
 * limits. The verdict is in call->verdict.
 */
void call_judge(struct judge *, struct call *);
/* Is its thread's root the broker's own, in its mounts? Not if no path of the
   call was looked for. */
static inline bool
call_has_own_root(const struct call *call)
{
	return call->root != NULL && call->root->own;
}
/* Reached through the broker's own root and mounts? Nothing else is
   elevated. */
bool call_is_at_home(const struct call *);
/* Names and judges it once more, after another walk: 0, or the errno that
   the call gets now. Elevation is not for such calls. */
int call_rejudge(struct judge *, struct call *);

/*
 * An opening that was left unpinned: judged by its text, and opened in one
 * call that proves that the text is the name. False: this was not enough, and
 * nothing has happened; it must be pinned and judged.
 */
bool call_at_once(struct judge *, struct call *);
/* Would it simply be permitted as the caller? Nothing is spent. */
bool call_is_plainly_permitted(struct judge *, struct call *);
/* Performs a permitted call, or lets it go on, and answers it. */
void call_perform(struct judge *, struct call *);
/* Is the descriptor that fsopen(2) and its kin give to be closed at exec? */
bool call_wants_cloexec(const struct call *);
/* The same for an opening, and the steps that others share. */
void call_open(struct judge *, struct call *);
/* 0 or errno. */
int call_adopt_umask(struct judge *, struct call *);
/* Writes what came of a performed call to its buffer and answers it: with
   error, or 0 and the result's value. */
void call_deliver(struct judge *, struct call *, const struct perform_result *,
    int error);
/* execve, permitted: checked on its pin, continued, watched. */
void call_execute(struct judge *, struct call *);
/* The launcher's own, which starts the program. */
void call_launch(struct judge *, struct call *);
/* It goes on, by its registers alone or because it need not be judged: what
   must be known of it afterwards is remembered. */
void call_let_go(struct judge *, struct call *);
/* An execve under what is released. */
void call_execute_released(struct judge *, struct call *);
/* The process runs what was not judged ("pid N ..."): it is killed, and its
   call is not answered before. */
void call_condemn(struct judge *, struct call *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What became of an execve that was let go on? To be asked before a call of
   the process is judged. */
void call_settle_exec(struct judge *, struct call *);
/* Does its rule elevate it, may the caller have that, and is there anything
   in it for a hand? Into call->elevated; else it is performed as the caller. */
void call_plan_elevation(struct judge *, struct call *);
/* Why a socket cannot be bound to that path at all; 0 if it may be tried. */
int call_bind_error(const struct resolve_pin *);
/* Performs it in the hand. */
void call_elevate(struct judge *, struct call *);
/* Is its target one that a hand acts on, by its rule? */
bool call_target_is_for_hand(const struct call *);
/* Performs what is about another process. */
void call_touch(struct judge *, struct call *);
/* Could any rule elevate it, for what its process is? */
bool call_may_be_elevated(const struct judge *, const struct call *);
/* What a hand is to be given of it. 0 or errno. */
int call_fill(const struct call *, struct hand_request *, struct hand_gift *);
/* Has the judge the credentials that the caller has now? Noted if not. */
bool call_is_ours(struct judge *, const struct call *);

/* The answers, each given once; the page says what before it is. */
void call_answer(struct judge *, struct call *, int64_t value);
void call_refuse(struct judge *, struct call *, int error);
void call_continue(struct judge *, struct call *);
/* Takes fd over. If the program does not get it, lost (or NULL) is called,
   while the call is still one that the session's end waits for; it returns what
   the program is told then, of this error: EIO, where there was an effect. */
void call_give(struct judge *, struct call *, int fd, bool cloexec,
    int (*lost)(struct judge *, const struct call *, int error));
/* Writes to the program's memory. -1 with errno: EFAULT as the kernel. */
int call_put(struct judge *, struct call *, uint64_t addr, const void *,
    size_t len);
/* The same for who holds the ticket alone. */
void ticket_answer(const struct ticket *, int listener, int64_t value);
void ticket_refuse(const struct ticket *, int listener, int error);
void ticket_give(const struct ticket *, int listener, int fd, bool cloexec);
/* Nobody waits any more, or nobody needs an answer. */
void call_drop(struct call *);
/* To be called before an effect that cannot be taken back. */
void call_begin(struct call *);

#endif /* PRIVD_SESSION_CALL_H */
