/* SPDX-License-Identifier: ISC */
/*
 * The strings are copied once, NULs included, as the kernel lays them out;
 * rules see them joined by blanks.
 */
#include "words.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "judge.h"
#include "lineage.h"

#define BYTES_MAX 131072 /* of a list; the kernel's limit of one string */
#define STRINGS_MAX 4096

struct list {
	bool taken;
	size_t len;
	size_t first; /* the length of the first string, with its NUL */
	char bytes[BYTES_MAX];
	char joined[BYTES_MAX];
};

struct words {
	struct list argv;
	struct list envp;
};

bool
words_prepend(struct words_head *head, const char *string)
{
	size_t len = strlen(string) + 1;

	if (len > sizeof(head->bytes) - head->len)
		return false;
	memmove(head->bytes + len, head->bytes, head->len);
	memcpy(head->bytes, string, len);
	head->len += len;
	return true;
}

void
words_behead(struct words_head *head)
{
	size_t len = strnlen(head->bytes, head->len) + 1;

	if (len > head->len)
		return;
	head->len -= len;
	memmove(head->bytes, head->bytes + len, head->len);
}

static int
copy_string(struct judge *judge, struct call *call, uint64_t addr,
    struct list *list)
{
	int error;

	if (list->len == sizeof(list->bytes))
		return E2BIG;
	error = call_copy_string(judge, call, addr, list->bytes + list->len,
	    sizeof(list->bytes) - list->len);
	if (error == ENAMETOOLONG)
		return E2BIG;
	if (error == 0)
		list->len += strlen(list->bytes + list->len) + 1;
	return error;
}

/* The kernel gives a program that is given no argument an empty one. */
static void
add_empty(struct list *list)
{
	if (list->len == 0)
		list->bytes[list->len++] = '\0';
}

static void
join(struct list *list)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		list->joined[i] = (char)(list->bytes[i] == '\0' ?
			' ' :
			list->bytes[i]);
	list->joined[list->len > 0 ? list->len - 1 : 0] = '\0';
}

static int
copy_list(struct judge *judge, struct call *call, uint64_t addr,
    struct list *list)
{
	const size_t size = call->machine == SYS_I386 ? sizeof(uint32_t) :
							sizeof(uint64_t);
	uint64_t string;
	size_t n;
	int error;

	list->len = 0;
	for (n = 0; addr != 0; n++, addr += size) {
		string = 0;
		error = call_copy(judge, call, addr, &string, size);
		if (error != 0)
			return error;
		if (string == 0)
			break;
		if (n == STRINGS_MAX)
			return E2BIG;
		error = copy_string(judge, call, string, list);
		if (error != 0)
			return error;
	}
	return 0;
}

static int
take_list(struct judge *judge, struct call *call, const char *name,
    struct list *list)
{
	const struct sys_arg *arg = sys_arg_by_name(call->row, name, 0);
	struct policy_request *request = &call->request;
	struct policy_value *value;
	int error;

	if (arg == NULL || request->nvalues == SYS_ARGS_MAX)
		return EINVAL;
	error = copy_list(judge, call, call->regs[arg->reg], list);
	if (error != 0)
		return error;
	if (list == &call->words->argv)
		add_empty(list);
	join(list);
	list->first = list->len == 0 ? 0 : strlen(list->bytes) + 1;
	list->taken = true;
	value = &request->values[request->nvalues++];
	value->name = arg->name;
	value->value = list->joined;
	value->missing = false;
	return 0;
}

int
words_take(struct judge *judge, struct call *call)
{
	const struct session_plan *plan = judge->plan;
	int error = 0;

	if (!plan->uses_argv && !plan->uses_envp)
		return 0;
	call->words = calloc(1, sizeof(*call->words));
	if (call->words == NULL)
		return ENOMEM;
	if (plan->uses_argv)
		error = take_list(judge, call, "argv", &call->words->argv);
	if (error == 0 && plan->uses_envp)
		error = take_list(judge, call, "envp", &call->words->envp);
	return error;
}

void
words_free(struct words *words)
{
	free(words);
}

static int
keep_list(const struct list *list, const struct words_head *head,
    struct exec_words *words)
{
	size_t from, headlen;

	headlen = head == NULL ? 0 : head->len;
	from = head == NULL || head->keeps_first ? 0 : list->first;
	words->len = headlen + list->len - from;
	words->bytes = malloc(words->len + 1);
	if (words->bytes == NULL)
		return ENOMEM;
	if (head != NULL)
		memcpy(words->bytes, head->bytes, headlen);
	memcpy(words->bytes + headlen, list->bytes + from, list->len - from);
	return 0;
}

int
words_keep(struct call *call, const struct words_head *head)
{
	struct exec_watch *watch = &call->process->exec;
	const struct words *words = call->words;
	int error = 0;

	if (words != NULL && words->argv.taken)
		error = keep_list(&words->argv, head, &watch->argv);
	if (error == 0 && words != NULL && words->envp.taken)
		error = keep_list(&words->envp, NULL, &watch->envp);
	return error;
}

static bool
holds(struct judge *judge, struct call *call, const struct exec_words *words,
    uint64_t from, uint64_t to)
{
	unsigned char found[4096];
	size_t done, n;

	if (words->bytes == NULL)
		return true;
	if (from == 0 || to - from != words->len)
		return false;
	for (done = 0; done < words->len; done += n) {
		n = words->len - done;
		if (n > sizeof(found))
			n = sizeof(found);
		if (call_copy(judge, call, from + done, found, n) != 0 ||
		    memcmp(found, words->bytes + done, n) != 0)
			return false;
	}
	return true;
}

bool
words_hold(struct judge *judge, struct call *call)
{
	const struct exec_watch *watch = &call->process->exec;
	struct birth now;

	if (watch->argv.bytes == NULL && watch->envp.bytes == NULL)
		return true;
	lineage_read_birth(judge, call, &now);
	return holds(judge, call, &watch->argv, now.places[BIRTH_ARGV],
		   now.places[BIRTH_ARGV_END]) &&
	    holds(judge, call, &watch->envp, now.places[BIRTH_ENVP],
		now.places[BIRTH_ENVP_END]);
}
