/* SPDX-License-Identifier: ISC */
/*
 * A session: one program and what it starts, under policies, with the
 * processes that judge and perform for it. This is the folder's interface.
 */
#ifndef PRIVD_SESSION_H
#define PRIVD_SESSION_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../filter/filter.h"
#include "../policy/policy.h"

/* A launcher's own failures, so that they are not taken for the program's. */
#define SESSION_EXIT_REFUSED 125 /* privd said no */
#define SESSION_EXIT_CANNOT 126  /* found, and cannot be executed */
#define SESSION_EXIT_NOTFOUND 127

struct refusals;

#define SESSION_HANDS_MAX 8
#define SESSION_REASON_MAX 512
#define SESSION_CALLS 64 /* that may wait at once, unless somebody says more */
#define SESSION_CALLS_MAX 1024

struct session_options {
	bool automatic;       /* -a: what no rule names is denied */
	bool inherit;         /* -i: the policy never changes */
	bool no_alias;        /* -u */
	bool no_user;         /* -U */
	bool log_stderr;      /* -e */
	const char *log_file; /* -E; NULL: syslog, or stderr */
	/* descriptors of the daemon's: to its logger, and to a user who reads
	   along; 0: none */
	int log_channel;
	int user_channel;
	uint32_t max_lines;        /* of the log, in a second; 0: any */
	const char *policy_folder; /* -d; NULL: the user's */
	const char *policy_file;   /* -f; NULL: none */
	const char *templates;     /* of what the daemon serves */
	uint32_t max_calls;        /* that may wait at once */
	struct refusals *refusals; /* to be written; NULL: nowhere */
	bool change_ids;           /* -c */
	uid_t uid;
	gid_t gid;
	bool has_gid;      /* -c uid:gid, no groups but that */
	char *const *argv; /* the program and its arguments */
};

/* An identity that rules elevate to, and the hand that will hold it. */
struct session_hand {
	struct policy_identity identity;
	uid_t fsuid;
	gid_t fsgid;
	gid_t *groups;
	size_t ngroups;
	uint64_t caps;
	bool files;   /* opens files */
	bool sockets; /* makes sockets */
	bool binds;
	bool sends;
	bool mounts;
	bool targets; /* acts on processes */
	bool shown;   /* by its real ids, which are those of `as` */
};

/* Everything that is decided before the first fork; immutable afterwards. */
struct session_plan {
	struct session_options options;
	struct policy_set *policies;
	/* of the program itself: the system's, or the user's if there is no
	   other; and the user's beside the system's */
	struct {
		const struct policy_image *first;
		const struct policy_image *second;
	} policy;
	struct filter_set regime; /* the same, as a set */
	struct filter_set *closure;
	size_t nclosure;
	struct filter_program filter;
	struct filter_input filtered; /* what it was made of */
	bool has_i386;                /* some are for 32-bit programs */

	char *command;          /* as it will be executed */
	char *program;          /* canonical path: the policy's */
	struct stat program_st; /* what the policy names */
	/* what will run: the same, or a script's interpreter */
	struct stat image_st;
	bool script;
	int bits; /* of the program, 0: of a script, or not known */

	struct policy_caller caller; /* the program's user */
	char *user;
	char *home;
	gid_t *groups;

	bool root; /* privrun has root's rights */
	/* judge, hand and fetcher have ids of their own */
	bool separate;
	bool elevates; /* `as` and `with` are honoured */
	bool wants;    /* the policy has such rules */
	bool guarded;
	bool marked; /* the program carries the mark */
	/* it may not have what its policy elevates, because; or "" */
	char why_not[SESSION_REASON_MAX];
	bool capable;   /* the caller has capabilities */
	bool uses_cwd;  /* a rule has $CWD */
	bool names;     /* a rule names processes */
	bool addresses; /* a rule tests where sockets lead to */
	bool uses_argv;
	bool uses_envp;
	bool uses_digest;

	struct session_hand hands[SESSION_HANDS_MAX];
	size_t nhands;
	bool has_double; /* connects may be judged */
	/* by rule index of policy.first; HAND_NONE */
	uint8_t *rule_hand;
};

#define SESSION_HAND_NONE 0xff

/*
 * The path of a command: as it is, or along $PATH. NULL with the exit status
 * and errno. To be freed.
 */
char *session_find_command(const char *name, int *status);

/*
 * Loads the policies, finds the program, checks that everything that they
 * ask for is built and that the program may be trusted with it. Returns 0;
 * or the exit status, with the reason (what is wrong, where, what to do) in
 * reason; warnings have been printed.
 */
int session_plan(const struct session_options *, struct session_plan *,
    char *reason, size_t len);
void session_plan_clear(struct session_plan *);

/* A user for whom the daemon runs a session, as the kernel knows him. */
struct session_peer {
	uid_t uid; /* not root's */
	gid_t gid;
	const gid_t *groups;
	size_t ngroups;
};

/* A program by what the user can reach: its canonical name, and the object. */
struct session_program {
	const char *path;
	struct stat st;
};

/*
 * Does, for those that this process forks, what each plan of a session of the
 * daemon's by these policies would do again: filters are built, names are
 * learned, and the name service is loaded. Once more when they are others.
 */
void session_prepare(struct policy_set *);
/*
 * Plans a session of the daemon's, as far as root's rights are needed: only
 * what the system's policies in the set (which stays the caller's) elevate,
 * and only a program that may have it. Returns and reason as above;
 * SESSION_EXIT_PLAIN: there is nothing in it for the daemon, the user's own
 * session does as well.
 */
#define SESSION_EXIT_PLAIN (-1)
int session_plan_peer(const struct session_options *,
    const struct session_peer *, const struct session_program *,
    struct policy_set *, struct session_plan *, char *reason, size_t len);
/*
 * The rest, by who has no rights but the user's: his own policies, all that
 * can be reached, the filter.
 */
int session_plan_rest(struct session_plan *, char *reason, size_t len);

/* Runs the planned session. Returns the exit status, or dies by the signal
   that the program died of. */
int session_run(const struct session_plan *);

#endif /* PRIVD_SESSION_H */
