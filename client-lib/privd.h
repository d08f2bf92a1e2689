/* SPDX-License-Identifier: ISC */
/*
 * libprivd: the public interface to privd. A launcher asks for a session and
 * becomes its program; the program calls for what its policy gives it; and
 * anybody may ask what privd does for him.
 */
#ifndef PRIVD_H
#define PRIVD_H

#include <sys/socket.h>
#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is running, as in "0.1". */
const char *privd_version(void);

/* What is asked for; zeroed but for the program, it is the usual. */
struct privd_request {
	const char *socket; /* NULL: the system's */
	/* the program: an absolute path without links, and the file, opened
	   with O_PATH, which stays the caller's */
	const char *program;
	int program_fd;
	const char *policy_file;   /* absolute; NULL: none */
	const char *policy_folder; /* absolute; NULL: the user's own */
	unsigned int flags;        /* PRIVD_* */
};

#define PRIVD_INHERIT 0x01  /* what it executes stays under its policy */
#define PRIVD_NO_ALIAS 0x02 /* rules judge the call that they name alone */
#define PRIVD_NO_USER 0x04  /* the user's own policies are not read */
#define PRIVD_LOG 0x08      /* there is a privd_session_log() */

struct privd_session;

/*
 * Asks privd for a session and waits, some seconds at most. Returns 0, and
 * *session to be given to privd_exec() or privd_session_close(). Or -1 with
 * errno, and *session, if it is not NULL, says by privd_session_reason() why:
 *	ENOENT, ECONNREFUSED, EACCES	privd is not running, or not for him
 *	ENOTSUP	nothing would be elevated: a session of the user's own does
 *	EPERM	refused
 *	ETIMEDOUT, EPROTO, ...	privd does not answer as it should
 */
int privd_session_open(const struct privd_request *,
    struct privd_session **session);
/* Why, in words, never NULL; good as long as the session. */
const char *privd_session_reason(const struct privd_session *);
/*
 * The lines of the session's log, if PRIVD_LOG was asked for: a descriptor, to
 * be closed by the caller, from which recv(2) takes a line at a time, without
 * its end, until the session ends. What nobody takes in time is dropped and
 * counted. -1: there is none, or it was given already.
 */
int privd_session_log(struct privd_session *);
/*
 * Makes the process, which must have one thread, the session's program: takes
 * the guard, cleans the environment, installs the filter and executes command
 * (a path; it must lead to the program that was asked for). Returns only if
 * this failed: -1 with errno, and the reason in the session. The process must
 * then end; if the filter was installed already its writes may be denied.
 */
int privd_exec(struct privd_session *, const char *command, char *const argv[]);
/* Ends a session that was not begun. NULL is nothing. Keeps errno. */
void privd_session_close(struct privd_session *);

/*
 * Is this process guarded, in a session? By what the kernel tells of the
 * calling thread: it holds CAP_BLOCK_SUSPEND (capabilities(7)) and no other
 * capability, and a filter judges its calls (PR_GET_SECCOMP, prctl(2)). Its
 * policy must permit capget; else it counts as not. 1 or 0. Keeps errno.
 *
 * It is for programs that mean well. Who comes to look so by other means has
 * gained nothing: his calls are made with the rights that he has.
 */
int privd_guarded(void);
/*
 * open(2), socket(2) and bind(2), for what the program's policy is to give it.
 * They differ from these in that
 *	- unless privd_guarded() they fail with ENOTCONN, and nothing was
 *	  called: a program that was not started by privrun, or is not marked,
 *	  does not open by its own rights what it is to be given;
 *	- descriptors are close-on-exec, whatever the flags say;
 *	- EINTR, which a judged call may answer that had no effect yet
 *	  (privd.policy(5)), does not come: it is made again.
 * A descriptor, which is the caller's, or 0; or -1 with errno, the call's own
 * or what the policy answers. mode counts where flags have it made.
 */
int privd_open(const char *path, int flags, mode_t mode);
int privd_socket(int domain, int type, int protocol);
int privd_bind(int fd, const struct sockaddr *address, socklen_t len);

/*
 * What can be asked. Root is answered about everybody, others about what is
 * their own; PRIVD_RELOAD is root's alone. The rows are in libprivd(3).
 */
enum privd_topic {
	PRIVD_STATUS = 1, /* the daemon: one row */
	PRIVD_SESSIONS,   /* a row for each that is going on */
	PRIVD_POLICIES,   /* what may be had: one for each rule */
	PRIVD_RELOAD,     /* read all anew; a row for each error */
	PRIVD_REFUSALS,   /* the last ones, of a process if it is named */
	PRIVD_LINES = 8,  /* of the log, the last ones: a row for each */
	PRIVD_FOLLOW      /* the last few, and those that come, for ever */
};

/* Of a row. Names may be added, so they are to be looked for. */
struct privd_field {
	const char *name;
	const char *text; /* printing characters of ASCII; NULL: a number */
	uint64_t number;
};

struct privd_query;

/*
 * Asks; pid is the process that it is about, where the topic has one, or 0.
 * Returns 0; or -1 with errno as privd_session_open() does, and then *query,
 * which may be NULL, is still to be closed.
 */
int privd_ask(const char *socket, enum privd_topic, pid_t pid,
    struct privd_query **query);
/*
 * The next row, which is good till the next call. Returns 1; 0 when that was
 * all; or -1 with errno:
 *	EPERM	it is not for him
 *	EBUSY	he asks too much at once
 *	EINVAL	it could not be done
 *	ENOTSUP	this daemon does not know the topic
 *	ETIMEDOUT, EPROTO, ...	privd does not answer as it should
 */
int privd_next(struct privd_query *, const struct privd_field **fields,
    size_t *count);
/* Why it failed, in words or "", never NULL; good as long as the query. */
const char *privd_query_reason(const struct privd_query *);
/* NULL is nothing. Keeps errno. */
void privd_query_close(struct privd_query *);

#ifdef __cplusplus
}
#endif

#endif /* PRIVD_H */
