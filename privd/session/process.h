/* SPDX-License-Identifier: ISC */
/*
 * The judge's table of the threads and processes that it has seen: who they
 * are, under which policies, and what can be kept of them between calls.
 */
#ifndef PRIVD_SESSION_PROCESS_H
#define PRIVD_SESSION_PROCESS_H

#include <sys/stat.h>
#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "../filter/filter.h"
#include "birth.h"
#include "kin.h"
#include "reach.h"

/* One set of policies in force for a process; numbered for the logs. */
struct regime {
	struct filter_set set;
	bool is_free;     /* no call of it is judged, but execve */
	bool is_released; /* nor that */
	bool said_unnamed;
	bool pathonly; /* O_PATH may go on: see pathonly.h */
	/* whose calls they judge: any other has none; SYS_MACHINES: nobody */
	enum sys_machine machine;
	unsigned int number;
	uint8_t *unnamed; /* of each call, see judge.c; by sys_index() */
	struct regime *next;
};

/* The strings of an argv or envp as the kernel puts them together, NULs
   included; NULL: they were not judged. */
struct exec_words {
	unsigned char *bytes;
	size_t len;
};

/* An execve that was let go on and whose outcome is not known yet. */
struct exec_watch {
	pid_t tid;          /* who called it; 0: none is going on */
	bool settling;      /* somebody looks at its outcome, see settle.c */
	bool any;           /* what comes of it is not judged */
	struct stat image;  /* what must run if it succeeded */
	struct birth birth; /* of what ran before */
	struct stat script; /* of which the image is the interpreter */
	bool is_script;
	bool unread;            /* image may have been interpreted by another */
	const uint8_t *digest;  /* that image must have; NULL: any */
	struct exec_words argv; /* that it must have */
	struct exec_words envp;
	struct regime *regime;   /* and under what */
	uint64_t id;             /* of the notification */
	bool launch;             /* it is the launcher's own */
	uint8_t kept_digest[32]; /* as a predecessor knew it */
	char program[PATH_MAX];
};

struct kept_process;

/* A descriptor that several calls may be using; the last one closes it. */
struct handle {
	int fd;
	unsigned int refs;
	bool own; /* a root: the judge's, in its mounts */
};

struct process {
	pid_t tgid;
	unsigned int threads;  /* entries that point here */
	struct handle *memory; /* /proc/T/mem; NULL: not kept, as all three */
	struct handle *maps;   /* /proc/T/maps */
	struct handle *root;   /* its root, O_PATH, where it is the judge's */
	struct regime *regime;
	struct choice *choices;
	struct kin *kin;    /* NULL: not known */
	struct birth birth; /* of its executable, with which it began */
	bool elevated;      /* the image that privrun became */
	bool adopts;        /* may be a parent that had no part in a fork */
	bool condemned;     /* runs what was not judged */
	/* ids, filters and user namespace were seen to be those of the
	   launch */
	bool as_launched;
	struct stat image; /* its executable */
	struct exec_watch exec;
	/* in the journal: when it began (0: not asked), its place there, and
	   that a predecessor had taken its elevation from it */
	uint64_t start;
	struct kept_process *kept;
	bool fallen;
	char program[PATH_MAX]; /* for the logs */
};

struct thread {
	pid_t tid;
	pid_t ppid; /* when first seen; for the logs */
	int folder; /* /proc/TID, O_PATH: dead with it */
	int pidfd;  /* of the thread; -1: kernel too old */
	/* calls of it that are being worked on: it is not freed before */
	unsigned int users;
	bool gone; /* from the table */
	/* kept where they are followed; known: since then unchanged */
	struct credentials *creds;
	bool creds_known;
	struct process *process;
	struct thread *next; /* of its hash chain */
};

struct process_table;

struct process_table *process_table_new(struct reach *);
void process_table_free(struct process_table *);

/* The thread if it was seen before and is still the same task. */
struct thread *process_find(struct process_table *, pid_t tid);
/*
 * Enters a thread that was not known; its process is shared with threads
 * that were. *fresh: the process is new, and the caller must give it a
 * regime. NULL with errno (ESRCH: it is gone). What was read of it counts
 * only once its notification is found valid.
 */
struct thread *process_enter(struct process_table *, pid_t tid, bool *fresh);
/* Forgets a thread, and its process with the last one; who holds it may look
   at it until it is released. */
void process_forget(struct process_table *, struct thread *);
void process_hold(struct thread *);
void process_release(struct thread *);
/* How many threads are entered. */
size_t process_count(const struct process_table *);
/* Does the thread's task still exist? */
bool process_alive(const struct thread *);
/* The process's known parent, NULL if there is none alive. */
struct process *process_parent(struct process_table *, pid_t ppid);

/*
 * What is kept open of a process, NULL with errno; to be given back with
 * process_put(), which takes NULL, too.
 */
struct handle *process_memory(struct process_table *, struct thread *,
    uint64_t id);
struct handle *process_maps(struct process_table *, struct thread *,
    uint64_t id);
/* On which mount the judge's own root is. */
uint64_t process_root_mount(const struct process_table *);
struct handle *process_root(struct process_table *, struct thread *,
    uint64_t id);
void process_put(struct handle **);
/*
 * May the process itself read there? /proc/T/mem reads whatever its pages'
 * protection is. Where the kernel cannot tell (before 6.11): yes.
 */
bool process_can_read(const struct handle *maps, uint64_t addr, size_t len);
bool process_can_write(const struct handle *maps, uint64_t addr, size_t len);
/* Drops what an exec or a credential change invalidates. */
void process_drop_handles(struct process *);
/* Device and inode of what it runs. */
int process_image(struct process_table *, struct thread *, uint64_t id,
    struct stat *);
/* exclusive "...": an earlier choice that bars this rule? And a new one. */
bool process_is_barred(const struct process *, const struct policy_image *,
    const struct policy_rule *);
int process_choose(struct process *, const struct policy_image *,
    const struct policy_rule *);
/* One of these from now on, with all that it says of them. */
void process_join(struct process *, struct kin *);
/* The watch is over. */
void process_end_watch(struct process *);

#endif /* PRIVD_SESSION_PROCESS_H */
