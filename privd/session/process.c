/* SPDX-License-Identifier: ISC */
/*
 * A thread is known by its folder in /proc, opened when it was first seen:
 * that descriptor is bound to the task, not to the number, so a reused id is
 * noticed by one look-up in it. Everything of a program that is kept open
 * between calls hangs on such a folder.
 */
#include "process.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "../policy/policy.h"
#include "journal.h"
#include "status.h"

#define BUCKETS 256
#define SWEEP_FIRST 512 /* entries before the dead are looked for */

struct process_table {
	struct reach *reach;
	size_t count;
	size_t sweep_at;
	uint64_t root_mount; /* the judge's own root */
	struct stat root_st;
	struct thread *buckets[BUCKETS];
};

static int
mount_of(int fd, uint64_t *id)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) == -1)
		return -1;
	if ((stx.stx_mask & STATX_MNT_ID) == 0) {
		errno = ENOTSUP;
		return -1;
	}
	*id = stx.stx_mnt_id;
	return 0;
}

struct process_table *
process_table_new(struct reach *reach)
{
	struct process_table *table;
	int root, result;

	table = calloc(1, sizeof(*table));
	if (table == NULL)
		return NULL;
	table->reach = reach;
	table->sweep_at = SWEEP_FIRST;
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	result = root == -1 || fstat(root, &table->root_st) == -1 ?
	    -1 :
	    mount_of(root, &table->root_mount);
	if (root != -1)
		close(root);
	if (result == 0)
		return table;
	free(table);
	return NULL;
}

void
process_table_free(struct process_table *table)
{
	size_t i;

	if (table == NULL)
		return;
	for (i = 0; i < BUCKETS; i++)
		while (table->buckets[i] != NULL)
			process_forget(table, table->buckets[i]);
	free(table);
}

size_t
process_count(const struct process_table *table)
{
	return table->count;
}

bool
process_alive(const struct thread *thread)
{
	struct pollfd pfd = { .fd = thread->pidfd, .events = POLLIN };

	/* The cheaper question; another thread's exec can end a pidfd. */
	if (thread->pidfd != -1 && poll(&pfd, 1, 0) == 0)
		return true;
	return faccessat(thread->folder, "status", F_OK, 0) == 0;
}

static struct thread **
bucket(struct process_table *table, pid_t tid)
{
	return &table->buckets[(unsigned int)tid % BUCKETS];
}

struct thread *
process_find(struct process_table *table, pid_t tid)
{
	struct thread *thread;

	for (thread = *bucket(table, tid); thread != NULL;
	     thread = thread->next)
		if (thread->tid == tid)
			break;
	if (thread == NULL || process_alive(thread))
		return thread;
	process_forget(table, thread);
	return NULL;
}

void
process_put(struct handle **handle)
{
	if (*handle != NULL && --(*handle)->refs == 0) {
		close((*handle)->fd);
		free(*handle);
	}
	*handle = NULL;
}

void
process_drop_handles(struct process *process)
{
	process_put(&process->memory);
	process_put(&process->maps);
	process_put(&process->root);
}

void
process_end_watch(struct process *process)
{
	struct exec_watch *watch = &process->exec;

	free(watch->argv.bytes);
	free(watch->envp.bytes);
	memset(&watch->argv, 0, sizeof(watch->argv));
	memset(&watch->envp, 0, sizeof(watch->envp));
	watch->tid = 0;
}

static void
free_process(struct process *process)
{
	process_drop_handles(process);
	process_end_watch(process);
	choice_free(&process->choices);
	kin_leave(process->kin);
	journal_forget_process(process);
	free(process);
}

static void
free_thread(struct thread *thread)
{
	close(thread->folder);
	if (thread->pidfd != -1)
		close(thread->pidfd);
	if (--thread->process->threads == 0)
		free_process(thread->process);
	free(thread->creds);
	free(thread);
}

void
process_forget(struct process_table *table, struct thread *thread)
{
	struct thread **p;

	for (p = bucket(table, thread->tid); *p != thread; p = &(*p)->next)
		continue;
	*p = thread->next;
	table->count--;
	thread->gone = true;
	if (thread->users == 0)
		free_thread(thread);
}

void
process_hold(struct thread *thread)
{
	thread->users++;
}

void
process_release(struct thread *thread)
{
	if (--thread->users == 0 && thread->gone)
		free_thread(thread);
}

/* Descriptors are not for ever: those of the dead are given back. */
static void
sweep(struct process_table *table)
{
	struct thread *thread, *next;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		for (thread = table->buckets[i]; thread != NULL;
		     thread = next) {
			next = thread->next;
			if (!process_alive(thread))
				process_forget(table, thread);
		}
	}
	table->sweep_at = 2 * table->count;
	if (table->sweep_at < SWEEP_FIRST)
		table->sweep_at = SWEEP_FIRST;
}

/* Another thread of the process that is known and alive. */
static struct process *
find_process(struct process_table *table, pid_t tgid)
{
	struct thread *thread, *next;
	size_t i;

	thread = process_find(table, tgid);
	if (thread != NULL)
		return thread->process;
	/* The leader was not seen, or has exited before its threads. */
	for (i = 0; i < BUCKETS; i++) {
		for (thread = table->buckets[i]; thread != NULL;
		     thread = next) {
			next = thread->next;
			if (thread->process->tgid != tgid)
				continue;
			if (process_alive(thread))
				return thread->process;
			process_forget(table, thread);
		}
	}
	return NULL;
}

struct process *
process_parent(struct process_table *table, pid_t ppid)
{
	return ppid <= 1 ? NULL : find_process(table, ppid);
}

static struct process *
new_process(const struct status *st)
{
	struct process *process;

	process = calloc(1, sizeof(*process));
	if (process == NULL)
		return NULL;
	process->tgid = st->tgid;
	process->adopts = st->first;
	return process;
}

static int
open_folder(pid_t tid, struct status *st)
{
	int fd;

	fd = status_folder(tid);
	if (fd == -1) {
		errno = errno == ENOENT ? ESRCH : errno;
		return -1;
	}
	if (status_read(fd, st) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Both of the same thread: that its folder is not empty when the pidfd is there
   says that the number was its own until then. -1 with errno. */
static int
pin_thread(pid_t tid, int *pidfd, struct status *st)
{
	int folder = open_folder(tid, st);

	if (folder == -1)
		return -1;
	*pidfd = (int)syscall(SYS_pidfd_open, tid, COMPAT_PIDFD_THREAD);
	if (*pidfd == -1 || faccessat(folder, "status", F_OK, 0) == 0)
		return folder;
	close(*pidfd);
	close(folder);
	errno = ESRCH;
	return -1;
}

struct thread *
process_enter(struct process_table *table, pid_t tid, bool *fresh)
{
	struct process *process;
	struct thread *thread;
	struct status st;
	int folder, pidfd;

	if (table->count >= table->sweep_at)
		sweep(table);
	folder = pin_thread(tid, &pidfd, &st);
	if (folder == -1)
		return NULL;
	process = find_process(table, st.tgid);
	*fresh = process == NULL;
	if (process == NULL)
		process = new_process(&st);
	thread = calloc(1, sizeof(*thread));
	if (process == NULL || thread == NULL) {
		if (*fresh)
			free(process);
		free(thread);
		close(folder);
		if (pidfd != -1)
			close(pidfd);
		errno = ENOMEM;
		return NULL;
	}
	thread->tid = tid;
	thread->ppid = st.ppid;
	thread->folder = folder;
	thread->pidfd = pidfd;
	thread->process = process;
	process->threads++;
	thread->next = *bucket(table, tid);
	*bucket(table, tid) = thread;
	table->count++;
	return thread;
}

/* The kept one, or a new one that is kept from now on. */
static struct handle *
take_handle(struct process_table *table, struct thread *thread, uint64_t id,
    enum reach_what what, struct handle **kept)
{
	struct handle *handle = *kept;

	if (handle == NULL) {
		handle = calloc(1, sizeof(*handle));
		if (handle == NULL)
			return NULL;
		handle->fd = reach_open(table->reach, id, thread->tid,
		    thread->folder, what, 0);
		if (handle->fd == -1) {
			free(handle);
			return NULL;
		}
		handle->refs = 1;
		*kept = handle;
	}
	handle->refs++;
	return handle;
}

struct handle *
process_memory(struct process_table *table, struct thread *thread, uint64_t id)
{
	return take_handle(table, thread, id, REACH_MEM,
	    &thread->process->memory);
}

struct handle *
process_maps(struct process_table *table, struct thread *thread, uint64_t id)
{
	return take_handle(table, thread, id, REACH_MAPS,
	    &thread->process->maps);
}

static bool
is_mapped(const struct handle *maps, uint64_t addr, size_t len, uint64_t how)
{
	struct procmap_query query;
	uint64_t end = addr + len;

	if (maps == NULL || end < addr)
		return maps == NULL;
	while (addr < end) {
		memset(&query, 0, sizeof(query));
		query.size = sizeof(query);
		query.query_flags = how;
		query.query_addr = addr;
		if (ioctl(maps->fd, PROCMAP_QUERY, &query) == -1)
			return errno != ENOENT;
		addr = query.vma_end;
	}
	return true;
}

bool
process_can_read(const struct handle *maps, uint64_t addr, size_t len)
{
	return is_mapped(maps, addr, len, PROCMAP_QUERY_VMA_READABLE);
}

bool
process_can_write(const struct handle *maps, uint64_t addr, size_t len)
{
	return is_mapped(maps, addr, len, PROCMAP_QUERY_VMA_WRITABLE);
}

uint64_t
process_root_mount(const struct process_table *table)
{
	return table->root_mount;
}

/* Is it the judge's own, in the same mounts? */
static int
look_at_root(const struct process_table *table, int root, bool *own)
{
	struct stat st;
	uint64_t mount;

	if (fstat(root, &st) == -1 || mount_of(root, &mount) == -1)
		return -1;
	*own = st.st_dev == table->root_st.st_dev &&
	    st.st_ino == table->root_st.st_ino && mount == table->root_mount;
	return 0;
}

/*
 * A root elsewhere is not kept: who holds one holds a mount, which could not be
 * unmounted when its programs have ended. Nor is one of which nobody knows: in
 * another root names are nobody's, and policies do not count.
 */
struct handle *
process_root(struct process_table *table, struct thread *thread, uint64_t id)
{
	struct process *process = thread->process;
	bool fresh = process->root == NULL;
	struct handle *root;
	int error;

	root = take_handle(table, thread, id, REACH_ROOT, &process->root);
	if (root == NULL || !fresh)
		return root;
	if (look_at_root(table, root->fd, &root->own) == -1) {
		error = errno;
		process_put(&process->root);
		process_put(&root);
		errno = error;
		return NULL;
	}
	if (!root->own)
		process_put(&process->root);
	return root;
}

int
process_image(struct process_table *table, struct thread *thread, uint64_t id,
    struct stat *st)
{
	int fd, result, error;

	fd = reach_open(table->reach, id, thread->tid, thread->folder,
	    REACH_EXE, 0);
	if (fd == -1)
		return -1;
	result = fstat(fd, st);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

bool
process_is_barred(const struct process *process,
    const struct policy_image *image, const struct policy_rule *rule)
{
	const struct choice *choice;

	if (rule->exclusive == NULL)
		return false;
	for (choice = process->choices; choice != NULL; choice = choice->next)
		if (choice->rule != rule && choice->image == image &&
		    choice->rule->exclusive_id == rule->exclusive_id)
			return true;
	return false;
}

int
process_choose(struct process *process, const struct policy_image *image,
    const struct policy_rule *rule)
{
	if (process->kin != NULL &&
	    choice_add(&process->kin->choices, image, rule) == -1)
		return -1;
	return choice_add(&process->choices, image, rule);
}

void
process_join(struct process *process, struct kin *kin)
{
	kin_join(kin);
	kin_leave(process->kin);
	process->kin = kin;
}
