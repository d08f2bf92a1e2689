/* SPDX-License-Identifier: ISC */
/*
 * WRAP: process_memory process_maps reach_take judge_leave judge_return
 * WRAP: notify_valid call_put pread
 *
 * Arguments of calls in hostile memory: pages that are not there, or may not
 * be read, strings without an end, structures across edges. What is taken is
 * what stands there, byte for byte, by a second and plain reading; and
 * nothing is taken of what the program itself could not read.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "../../privd/compat.h"
#include "../../privd/notify/notify.h"
#include "../../privd/session/call.h"
#include "../../privd/session/judge.h"
#include "../../privd/session/message.h"
#include "../../privd/session/words.h"
#include "../lib/own_call.h"
#include "bytes.h"
#include "fuzz.h"

#define PAGE ((size_t)4096)
#define PAGES 12 /* behind them is nothing */
#define SIZE (PAGES * PAGE)
#define CALLS_MAX 4 /* for one memory */
/* Where 32-bit programs have memory, too. */
#define BASE UINT64_C(0x10000000)

int __wrap_reach_take(struct reach *, uint64_t, pid_t, pid_t, int);
bool __wrap_notify_valid(int, uint64_t);
ssize_t __real_pread(int, void *, size_t, off_t);
ssize_t __wrap_pread(int, void *, size_t, off_t);
int __wrap_call_put(struct judge *, struct call *, uint64_t, const void *,
    size_t);

enum access {
	PAGE_PLAIN,
	PAGE_CLOSED, /* it may not be read */
	PAGE_WRITE_ONLY,
	PAGE_NONE /* there is none */
};

/* The same memory, for us. */
static struct {
	enum access pages[PAGES];
	uint8_t bytes[SIZE];
} model;

static int sockets[4];
static bool tells; /* the kernel, what may be read (since 6.11) */

/* --- what is asked of others */

int
__wrap_reach_take(struct reach *reach, uint64_t id, pid_t tid, pid_t tgid,
    int number)
{
	(void)reach;
	(void)id;
	(void)tid;
	(void)tgid;
	if (number >= 0 && number < 16)
		return fcntl(sockets[number % 4], F_DUPFD_CLOEXEC, 3);
	errno = EBADF;
	return -1;
}

bool
__wrap_notify_valid(int listener, uint64_t id)
{
	(void)listener;
	(void)id;
	return true;
}

int
__wrap_call_put(struct judge *judge, struct call *call, uint64_t addr,
    const void *bytes, size_t len)
{
	(void)judge;
	(void)call;
	(void)addr;
	(void)bytes;
	(void)len;
	return 0;
}

/* Of our own memory the program has but the arena. */
ssize_t
__wrap_pread(int fd, void *buf, size_t len, off_t at)
{
	const off_t base = (off_t)BASE, end = base + (off_t)SIZE;

	if (fd != memory.fd)
		return __real_pread(fd, buf, len, at);
	if (len > 0 && (at < base || at >= end)) {
		errno = EIO;
		return -1;
	}
	if (len > 0 && (uint64_t)(end - at) < len)
		len = (size_t)(end - at);
	return __real_pread(fd, buf, len, at);
}

/* --- the memory */

static uint8_t *
arena(void)
{
	return (uint8_t *)(uintptr_t)BASE;
}

static void
build_memory(struct bytes *bytes)
{
	unsigned int fill = bytes_u8(bytes), n = bytes_u8(bytes) % 16, i;
	size_t at, len;

	memset(model.bytes, (int)fill, SIZE);
	for (i = 0; i < PAGES; i++)
		model.pages[i] = (enum access)(
		    bytes_u8(bytes) % 8 < 4 ? PAGE_PLAIN : bytes_u8(bytes) % 4);
	for (i = 0; i < n; i++) {
		at = bytes_u16(bytes) % SIZE;
		len = bytes_u8(bytes);
		bytes_copy(bytes, model.bytes + at,
		    len < SIZE - at ? len : SIZE - at);
	}
	HOLDS(mmap(arena(), SIZE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == arena());
	memcpy(arena(), model.bytes, SIZE);
	for (i = 0; i < PAGES; i++) {
		if (model.pages[i] == PAGE_CLOSED)
			HOLDS(
			    mprotect(arena() + i * PAGE, PAGE, PROT_NONE) == 0);
		if (model.pages[i] == PAGE_WRITE_ONLY)
			HOLDS(mprotect(arena() + i * PAGE, PAGE, PROT_WRITE) ==
			    0);
		if (model.pages[i] == PAGE_NONE)
			HOLDS(munmap(arena() + i * PAGE, PAGE) == 0);
	}
}

/* --- the plain reading */

/* One byte; -1: there is none, or with may it may not be read. */
static int
peek(uint64_t addr, bool may)
{
	enum access page;

	if (addr < BASE || addr >= BASE + SIZE)
		return -1;
	page = model.pages[(addr - BASE) / PAGE];
	if (page == PAGE_NONE || (may && tells && page != PAGE_PLAIN))
		return -1;
	return model.bytes[addr - BASE];
}

static bool
peek_all(uint64_t addr, size_t len, bool may)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (peek(addr + i, may) == -1)
			return false;
	return true;
}

/* Its length; or -1 with errno. */
static ssize_t
peek_string(uint64_t addr, size_t size, bool may)
{
	size_t i;
	int byte;

	for (i = 0; i < size; i++) {
		byte = peek(addr + i, may);
		if (byte == 0)
			return (ssize_t)i;
		if (byte == -1) {
			errno = EFAULT;
			return -1;
		}
	}
	errno = ENAMETOOLONG;
	return -1;
}

static bool
is_there(uint64_t addr, const void *bytes, size_t len)
{
	return len == 0 ||
	    (peek_all(addr, len, false) &&
		memcmp(model.bytes + (addr - BASE), bytes, len) == 0);
}

/* --- the readings */

static void
check_read(uint64_t addr, size_t len)
{
	static uint8_t buf[2 * SIZE];
	int result;

	errno = 0;
	result = notify_read(memory.fd, addr, buf, len);
	HOLDS((result == 0) == peek_all(addr, len, false));
	HOLDS(result == 0 ? is_there(addr, buf, len) : errno == EFAULT);
}

static void
check_read_string(uint64_t addr, size_t size)
{
	ssize_t n, right;
	int error;
	char *buf = malloc(size + 1);

	HOLDS(buf != NULL);
	errno = 0;
	n = notify_read_string(memory.fd, addr, buf, size);
	error = errno;
	right = peek_string(addr, size, false);
	HOLDS(n == right && (n != -1 || error == errno));
	HOLDS(n == -1 || is_there(addr, buf, (size_t)n + 1));
	free(buf);
}

/* Whole pages that may not be read give nothing, and strings that are within
   one page are as /proc gives them. */
static void
check_copies(struct judge *judge, struct call *call, uint64_t addr, size_t len)
{
	static uint8_t buf[SIZE];
	ssize_t there, may;
	int error;

	error = call_copy(judge, call, addr, buf, len);
	HOLDS((error == 0) == peek_all(addr, len, true));
	HOLDS(error == 0 ? is_there(addr, buf, len) : error == EFAULT);
	error = call_copy_string(judge, call, addr, (char *)buf, len);
	may = peek_string(addr, len, true);
	there = peek_string(addr, len, false);
	if (error == 0)
		HOLDS(there >= 0 && is_there(addr, buf, (size_t)there + 1) &&
		    (may >= 0 ||
			(there > 0 &&
			    addr / PAGE == (addr + (size_t)there) / PAGE)));
	else
		HOLDS(may == -1 && (error == EFAULT || error == ENAMETOOLONG));
}

/* --- calls */

static bool
is_odd(const struct call *call)
{
	return call->row->op == SYS_OP_QUOTA ||
	    call->row->op == SYS_OP_MOVE_MOUNT ||
	    call->row->op == SYS_OP_MOUNT || call->row->op == SYS_OP_SEND ||
	    call->row->op == SYS_OP_REBOOT;
}

static void
check_path(const struct call *call, const struct sys_arg *arg, size_t k)
{
	uint64_t addr = call->regs[arg->reg];

	if (addr == 0) {
		HOLDS(call->path[k][0] == '\0');
		return;
	}
	if (k > 0 && call->late_error != 0)
		return;
	HOLDS(call->has_path[k] &&
	    is_there(addr, call->path[k], strlen(call->path[k]) + 1));
	HOLDS(call->empty[k] == (call->path[k][0] == '\0'));
}

static void
check_how(const struct call *call, const struct sys_arg *arg)
{
	uint64_t addr = call->regs[arg->reg], size = call->regs[arg->aux], i;

	HOLDS(size >= sizeof(call->how) && size <= PAGE);
	HOLDS(is_there(addr, &call->how, sizeof(call->how)));
	for (i = sizeof(call->how); i < size; i++)
		HOLDS(peek(addr + i, true) == 0);
}

static void
check_argument(const struct call *call, const struct sys_arg *arg,
    size_t *paths)
{
	switch (arg->kind) {
	case SYS_PATH:
		if (*paths < CALL_PATHS)
			check_path(call, arg, *paths);
		(*paths)++;
		break;
	case SYS_STRING:
		if ((arg->flags & SYS_ARG_SIZED) == 0 &&
		    call->regs[arg->reg] != 0)
			HOLDS(is_there(call->regs[arg->reg], call->string,
			    strlen(call->string) + 1));
		break;
	case SYS_SOCKADDR:
		HOLDS(call->addr_len <= sizeof(call->addr) &&
		    is_there(call->regs[arg->reg], &call->addr,
			call->addr_len));
		break;
	case SYS_HOWFLAGS:
		check_how(call, arg);
		break;
	default:
		break;
	}
}

static size_t
part_of(const struct message *message, size_t nth, size_t done)
{
	uint64_t len = message->parts[nth].len;

	return len < message->room - done ? (size_t)len : message->room - done;
}

static void
check_message(const struct call *call)
{
	const struct message *message = call->message;
	size_t i, n, done = 0;

	if (message == NULL)
		return;
	HOLDS(
	    message->len <= message->room && message->room <= MESSAGE_DATA_MAX);
	HOLDS(message->nrights <= MESSAGE_RIGHTS_MAX &&
	    message->nparts <= MESSAGE_PARTS_MAX);
	for (i = 0; i < message->nparts && done < message->len; i++) {
		n = part_of(message, i, done);
		if (n > message->len - done)
			n = message->len - done;
		HOLDS(
		    is_there(message->parts[i].addr, message->data + done, n));
		done += n;
	}
	HOLDS(done == message->len);
}

/* What is a plain path alone fails for the reason that the reading has. */
static bool
is_plain(const struct sys_call *row)
{
	const char memory_letters[] = "nxyehtT6UjqrIDAMGZc";

	return row->args[0].kind == SYS_PATH && row->args[0].flags == 0 &&
	    (row->args[1].name == NULL || row->args[1].kind < SYS_MEMORY) &&
	    (row->form == NULL || strpbrk(row->form, memory_letters) == NULL);
}

static void
check_plain(const struct call *call, int error)
{
	uint64_t addr = call->regs[call->row->args[0].reg];
	ssize_t may = peek_string(addr, PATH_MAX, true);

	if (error == 0)
		HOLDS(may > 0 ||
		    peek_string(addr, PATH_MAX, false) > 0); /* see above */
	if (error == EFAULT || error == ENAMETOOLONG)
		HOLDS(may == -1);
}

static void
check_call(const struct call *call, int error)
{
	const struct sys_arg *arg;
	size_t paths = 0;

	HOLDS(error >= 0 && error < 4096);
	HOLDS(call->ask.data == NULL || call->ask.data == call->string ||
	    (call->ask.data == call->data &&
		call->ask.len <= sizeof(call->data)));
	if (is_plain(call->row))
		check_plain(call, error);
	if (error != 0)
		return;
	check_message(call);
	if (is_odd(call) || call_is_left(call))
		return;
	for (arg = call->row->args; arg->name != NULL; arg++)
		check_argument(call, arg, &paths);
}

/* --- argv and envp */

static void
check_words(const struct call *call, const struct policy_value *value,
    uint64_t addr)
{
	const size_t size = call->machine == SYS_I386 ? 4 : 8;
	const char *text = value->value;
	uint64_t string;
	ssize_t len;
	bool first = true;
	ssize_t i;

	for (; addr != 0; addr += size, first = false) {
		string = 0;
		HOLDS(peek_all(addr, size, true));
		memcpy(&string, model.bytes + (addr - BASE), size);
		if (string == 0)
			break;
		if (!first)
			HOLDS(*text++ == ' ');
		len = peek_string(string, SIZE, false);
		HOLDS(len >= 0);
		for (i = 0; i < len; i++)
			HOLDS(*text++ ==
			    (char)model.bytes[string - BASE + (uint64_t)i]);
	}
	HOLDS(*text == '\0');
}

static void
take_words(struct judge *judge, struct call *call)
{
	const struct policy_value *value;
	size_t i;

	if (call->row->disposal != SYS_EXEC || words_take(judge, call) != 0)
		return;
	HOLDS(call->request.nvalues == 2);
	for (i = 0; i < 2; i++) {
		value = &call->request.values[i];
		check_words(call, value,
		    call->regs[sys_arg_by_name(call->row, value->name, 0)
				   ->reg]);
	}
}

/* --- */

static void
set_up(void)
{
	if (memory.fd != -1)
		return;
	HOLDS(own_memory_open());
	HOLDS(mmap(arena(), SIZE, PROT_NONE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		  0) == arena());
	tells = !process_can_read(&maps, BASE, 1);
	sockets[0] = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sockets[1] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sockets[2] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sockets[3] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
}

/* Mostly an address in the arena, or near to the end of a page. */
static uint64_t
choose_value(struct bytes *bytes)
{
	switch (bytes_of(bytes, 8)) {
	case 0:
		return bytes_u8(bytes);
	case 1:
		return UINT64_MAX - bytes_u8(bytes);
	case 2:
		return bytes_u64(bytes) | UINT64_C(1) << 63;
	case 3:
		return BASE + (bytes_of(bytes, PAGES) + 1) * PAGE -
		    bytes_u8(bytes) % 64;
	case 4:
		return bytes_u16(bytes) % PAGE;
	case 5:
		return UINT32_MAX - bytes_u8(bytes);
	default:
		return BASE + bytes_u16(bytes) % (SIZE + PAGE);
	}
}

static bool
choose_call(struct bytes *bytes, struct call *call)
{
	struct seccomp_data data = { .arch = NOTIFY_ARCH };
	size_t i;

	if (SYS_HAS_I386 && bytes_one_in(bytes, 4))
		data.arch = AUDIT_ARCH_I386;
	data.nr = (int)bytes_u16(bytes) % 512;
	for (i = 0; i < SYS_REGS; i++)
		data.args[i] = data.arch == NOTIFY_ARCH ?
		    choose_value(bytes) :
		    choose_value(bytes) & UINT32_MAX;
	return call_take_number(call, &data) == 0;
}

static void
try_call(struct judge *judge, struct bytes *bytes, struct call *call)
{
	int error;

	own_call_begin(judge, call);
	if (choose_call(bytes, call) && call_copy_arguments(judge, call) == 0) {
		error = call_copy_all(judge, call);
		check_call(call, error);
		if (error == 0)
			take_words(judge, call);
	}
	own_call_clear(call);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static struct session_plan plan = { .uses_argv = true,
		.uses_envp = true };
	static struct judge judge = { .plan = &plan };
	static struct call call;
	struct bytes bytes = { input, size };
	uint64_t addr;
	size_t len, i;

	set_up();
	build_memory(&bytes);
	addr = choose_value(&bytes);
	len = bytes_u16(&bytes) % SIZE;
	check_read(addr, len);
	check_read_string(addr, len);
	own_call_begin(&judge, &call);
	check_copies(&judge, &call, addr, len);
	own_call_clear(&call);
	for (i = 0; i < CALLS_MAX && (i == 0 || bytes.left > 0); i++)
		try_call(&judge, &bytes, &call);
	return 0;
}
