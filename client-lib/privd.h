/* SPDX-License-Identifier: ISC */
/*
 * libprivd: the public interface to privd. A launcher asks for a session and
 * becomes its program.
 */
#ifndef PRIVD_H
#define PRIVD_H

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
 * Makes the process, which must have one thread, the session's program: takes
 * the guard, cleans the environment, installs the filter and executes command
 * (a path; it must lead to the program that was asked for). Returns only if
 * this failed: -1 with errno, and the reason in the session. The process must
 * then end; if the filter was installed already its writes may be denied.
 */
int privd_exec(struct privd_session *, const char *command, char *const argv[]);
/* Ends a session that was not begun. NULL is nothing. Keeps errno. */
void privd_session_close(struct privd_session *);

#ifdef __cplusplus
}
#endif

#endif /* PRIVD_H */
