/* SPDX-License-Identifier: ISC */
/*
 * Filters of policies that bytes have chosen: run by the interpreter, which the
 * unit tests hold against the kernel, each answers what the policies of its
 * closure say of the call, the registers and whatever its memory may hold. It
 * may ask where no filter could know; it never permits more.
 */
#include <sys/syscall.h>

#include "../lib/filter_oracle.h"
#include "bytes.h"
#include "fuzz.h"

#define IMAGES_MAX 2 /* of a member */

/* What a rule may test, and values that matter. */
static const struct call {
	const char *name;
	long number;
	const char *tests[3];
	const char *values[4];
} calls[] = {
	{ "socket", SYS_socket, { "sockdom", "socktype", "sockdom" },
	    { "AF_INET", "SOCK_RAW", "AF_PACKET", "SOCK_DGRAM" } },
	{ "setsockopt", SYS_setsockopt, { "level", "optname", "level" },
	    { "SOL_SOCKET", "SO_DEBUG", "SOL_PACKET", "1" } },
	{ "ioctl", SYS_ioctl, { "request", "args[1]", "request" },
	    { "TCGETS", "0x1234", "0x5401", "0x1" } },
	{ "kill", SYS_kill, { "signame", "pidname", "args[1]" },
	    { "SIGTERM", "/bin/ls", "0xf", "SIGKILL" } },
	{ "mprotect", SYS_mprotect, { "prot", "args[2]", "args" },
	    { "PROT_READ", "PROT_READ|PROT_EXEC", "0x5", "0x1" } },
	{ "prctl", SYS_prctl, { "args[0]", "args[1]", "option" },
	    { "0x4", "0xf", "0x1", "PR_SET_NAME" } },
	{ "lseek", SYS_lseek, { "args[2]", "args", "args[1]" },
	    { "0x1", "0x2", "0xffffffffffffffff", "0x100000000" } },
	{ "fcntl", SYS_fcntl, { "cmd", "args[1]", "cmd" },
	    { "F_SETOWN", "F_GETFL", "0x4", "0x1" } },
	{ "openat", SYS_openat, { "oflags", "filename", "filename" },
	    { "ro", "/etc/passwd", "/tmp/x", "rwct" } },
	{ "open", SYS_openat, { "oflags", "filename", "filename" },
	    { "ro", "/etc/passwd", "/tmp/x", "woct" } },
	{ "fsread", SYS_openat, { "filename", "oflags", "filename" },
	    { "/etc/passwd", "ro", "/usr/lib/a", "rw" } },
	{ "fswrite", SYS_mkdirat, { "filename", "filename", "filename" },
	    { "/etc/passwd", "/tmp/x", "/usr/lib/a", "/bin/ls" } },
	{ "stat", SYS_newfstatat, { "filename", "filename", "filename" },
	    { "/etc/passwd", "/tmp/x", "/usr/lib/a", "/bin/ls" } },
	{ "unlink", SYS_unlinkat, { "filename", "filename", "args[0]" },
	    { "/etc/passwd", "/tmp/x", "0x1", "/bin/ls" } },
	{ "sendto", SYS_sendto, { "sockaddr", "args[3]", "sockaddr" },
	    { "inet-[1.2.3.4]:53", "0x0", "/tmp/x", "0x1" } },
	{ "connect", SYS_connect, { "sockaddr", "sockaddr", "sockaddr" },
	    { "inet-[1.2.3.4]:53", "/tmp/x", "inet-*", "0x1" } },
	{ "setuid", SYS_setuid, { "uid", "args[0]", "uid" },
	    { "0", "0x0", "1000", "0x1" } },
	{ "getuid", SYS_getuid, { "args[0]", "args", "args[5]" },
	    { "0x0", "0x1", "0xf", "0x2" } },
	{ "close", SYS_close, { "args[0]", "args", "args[5]" },
	    { "0x0", "0x1", "0xf", "0x2" } },
	{ "read", SYS_read, { "args[0]", "args", "args[5]" },
	    { "0x0", "0x1", "0xf", "0x2" } },
	{ "execve", SYS_execve, { "filename", "filename", "filename" },
	    { "/bin/ls", "/tmp/x", "/usr/lib/a", "/etc/passwd" } },
};

#define CALLS NELEMS(calls)

/* Calls that every policy must name. */
static const char *const guarded[] = { "bpf", "perf_event_open", "mount",
	"fsopen", "swapon" };

/*
 * Policies of both ABIs; then nothing is tested of calls that cannot be asked:
 * whether tests come to nothing together the reference cannot tell.
 */
static bool mixed;

static bool
is_quiet(const char *name)
{
	const struct sys_call *call = sys_by_name(name);

	return call != NULL && (call->flags & SYS_QUIET) != 0;
}

static const char *
choose_action(struct bytes *bytes)
{
	static const char *const actions[] = { "permit", "deny[enoent]",
		"permit log", "deny", "ask", "pretend", "pretend[7]",
		"permit once", "deny log", "permit exclusive \"a\"",
		"permit, if user = 1000", "deny[eacces], if user = 0",
		"permit, if group != 1000 or user > 1000", "permit times 2" };

	return actions[bytes_of(bytes, NELEMS(actions))];
}

static void
print_test(struct bytes *bytes, const struct call *call, FILE *out)
{
	static const char *const ops[] = { "eq", "neq", "eq", "match" };
	const char *test = call->tests[bytes_of(bytes, 3)];
	const char *value = call->values[bytes_of(bytes, 4)];

	fprintf(out, "%s%s %s \"%s\"", bytes_one_in(bytes, 5) ? "not " : "",
	    test, ops[bytes_of(bytes, 4)], value);
}

static void
print_rule(struct bytes *bytes, const char *emulation, FILE *out)
{
	const struct call *call = &calls[bytes_of(bytes, CALLS)];
	const char *action = choose_action(bytes);
	size_t tests = bytes_of(bytes, 4), i;

	/* Nobody may be told that he has become another. */
	if (strcmp(call->name, "setuid") == 0 &&
	    strncmp(action, "pretend", 7) == 0)
		action = "permit";
	if (mixed && is_quiet(call->name))
		tests = 0;
	fprintf(out, "%s-%s: ", emulation, call->name);
	for (i = 0; i < tests; i++) {
		if (i > 0)
			fputs(bytes_one_in(bytes, 2) ? " and " : " or ", out);
		print_test(bytes, call, out);
	}
	fprintf(out, "%s%s\n", tests > 0 ? " then " : "", action);
}

static void
print_image(struct bytes *bytes, const char *named, char *text, size_t size)
{
	bool foreign = SYS_HAS_I386 && mixed && bytes_one_in(bytes, 3);
	const char *emulation = foreign ? "linux32" : "native";
	size_t n = bytes_of(bytes, 10), what = bytes_of(bytes, 6);
	FILE *out = fmemopen(text, size, "w");

	HOLDS(out != NULL);
	fprintf(out, "Policy: /bin/true, Emulation: %s\n", emulation);
	if (what < 3)
		fprintf(out, "Default: %s\n",
		    what == 0     ? "permit" :
			what == 1 ? "deny[enosys]" :
				    "ask");
	else
		fprintf(out, "%s-getpid: permit\n", emulation);
	while (n-- > 0)
		print_rule(bytes, emulation, out);
	if (named != NULL)
		fprintf(out, "%s-%s: permit\n", emulation, named);
	HOLDS(fclose(out) == 0);
}

/* --- */

static const struct policy_image *
load(struct loaded *l, const char *text)
{
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct policy_report report = { NULL, 0, 0, 0 };
	struct policy_set *set = policy_set_new();
	int result;

	HOLDS(set != NULL);
	result = policy_load_buffer(set, &source, "fuzz", text, strlen(text),
	    &report);
	if (result != 0) {
		fputs(text, stderr);
		policy_report_print(&report, stderr, POLICY_ERROR);
	}
	HOLDS(result == 0);
	policy_report_clear(&report);
	l->sets[l->nsets++] = set;
	return policy_last(set);
}

static const struct policy_image *
choose_image(struct bytes *bytes, const char *named, struct loaded *l)
{
	static char text[8192];

	if (named == NULL && bytes_one_in(bytes, 10))
		return policy_none();
	if (named == NULL && bytes_one_in(bytes, 10))
		return policy_permitting();
	print_image(bytes, named, text, sizeof(text));
	return load(l, text);
}

static void
choose_closure(struct bytes *bytes, struct policy_case *c, struct loaded *l)
{
	unsigned int how = bytes_u8(bytes);
	size_t members = 1 + bytes_of(bytes, POLICIES), i, n;
	struct filter_set *set;
	const char *named = NULL;

	memset(l, 0, sizeof(*l));
	mixed = (how & 64) != 0;
	if (bytes_one_in(bytes, 3))
		named = guarded[bytes_of(bytes, NELEMS(guarded))];
	*c = (struct policy_case){ .guarded = (how & 1) != 0,
		.asking = (how & 2) != 0,
		.no_alias = (how & 4) != 0,
		.packet = (how & 8) != 0,
		.addresses = (how & 16) != 0,
		.capable = (how & 32) != 0,
		.weak = true,
		.named = named };
	for (i = 0; i < members; i++) {
		set = &l->closure[i];
		n = 1 + bytes_of(bytes, IMAGES_MAX);
		while (set->count < n)
			set->images[set->count++] = choose_image(bytes, named,
			    l);
	}
	l->input = (struct filter_input){ .closure = l->closure,
		.nclosure = members,
		.guarded = c->guarded,
		.enforcing = !c->asking,
		.no_alias = c->no_alias,
		.packet_filter = c->packet,
		.addresses = c->addresses,
		.capable = c->capable };
	l->alike = are_alike(l);
}

static uint64_t
choose_value(struct bytes *bytes)
{
	static const uint64_t fixed[] = { 0, 1, 2, 3, 4, 5, 15, 16, 17, 36, 38,
		0x5401, 0x5412, 0x1234, O_CREAT, O_RDWR, AT_REMOVEDIR,
		AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, UINT32_MAX, UINT64_MAX,
		PR_CAP_AMBIENT, 0x20000, CLONE_NEWUSER, 263, 1000 };
	uint64_t value = fixed[bytes_of(bytes, NELEMS(fixed))];

	switch (bytes_of(bytes, 8)) {
	case 0:
		return bytes_u64(bytes);
	case 1:
		return value | UINT64_C(1) << 32;
	case 2:
		return value << 32;
	case 3:
		return value + 1;
	default:
		return value;
	}
}

static struct seccomp_data
choose_data(struct bytes *bytes)
{
	static const uint32_t arches[] = { NATIVE_ARCH, NATIVE_ARCH,
		NATIVE_ARCH, AUDIT_ARCH_I386, AUDIT_ARCH_ARM, 0 };
	struct seccomp_data data = { .nr = 0 };
	size_t i;

	data.arch = arches[bytes_of(bytes, NELEMS(arches))];
	data.nr = bytes_one_in(bytes, 2) ?
	    (int)calls[bytes_of(bytes, CALLS)].number :
	    (int)(int16_t)bytes_u16(bytes) % 600;
	for (i = 0; i < SYS_REGS; i++)
		data.args[i] = choose_value(bytes);
	return data;
}

/*
 * With policies of both ABIs there, what cannot be asked is refused in the
 * other one where not all permit it without condition.
 */
static bool
may_refuse(const struct loaded *l, const struct seccomp_data *data)
{
	const struct sys_call *call;
	bool hidden;
	int error;

	call = call_of(l, data, &hidden, &error);
	return call != NULL && (call->flags & SYS_QUIET) != 0 &&
	    closure_has(l, SYS_NATIVE) && closure_has(l, SYS_I386);
}

static bool
image_has_rules(const struct policy_image *image, const struct sys_call *call)
{
	const struct sys_call *bases[SYS_FOLDS_MAX];
	size_t i, n = sys_bases(call, bases);

	for (i = 0; i < n; i++)
		if (policy_candidates(image, call, bases[i],
			(enum sys_alias)bases[i]->alias, false, NULL, 0) > 0)
			return true;
	return false;
}

/* A rule may hold for some callers, or for a time, though what others of its
   set say makes no difference of that. */
static bool
may_depend(const struct loaded *l, const struct policy_case *c,
    const struct seccomp_data *data)
{
	const struct sys_call *call;
	uint64_t args[SYS_REGS];
	size_t i, n;
	bool hidden;
	int error;

	memcpy(args, data->args, sizeof(args));
	call = call_of(l, data, &hidden, &error);
	if (l->alike || call == NULL || refuse(c, call->name, args) != -1)
		return false;
	for (i = 0; i < l->input.nclosure; i++)
		for (n = 0; n < l->closure[i].count; n++)
			if (image_has_rules(l->closure[i].images[n], call))
				return true;
	return false;
}

static void
check_call(const struct loaded *l, const struct policy_case *c,
    const struct seccomp_data *data)
{
	uint32_t answer = filter_run(&l->program, data);
	uint32_t right = right_answer(l, c, data);

	if (answer == right ||
	    (answer == NOTIFY &&
		(may_ask(l, c, data) || may_depend(l, c, data))) ||
	    (answer == FAIL(ENOSYS) && may_refuse(l, data)))
		return;
	fprintf(stderr, "call %d of %x: %x, right is %x\n", data->nr,
	    data->arch, answer, right);
	HOLDS(answer == right);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static struct loaded l;
	struct bytes bytes = { input, size };
	struct policy_case c;
	struct seccomp_data data;
	size_t i;

	choose_closure(&bytes, &c, &l);
	HOLDS(filter_build(&l.input, &l.program) == 0);
	do {
		data = choose_data(&bytes);
		check_call(&l, &c, &data);
	} while (bytes.left > 0);
	filter_free(&l.program);
	for (i = 0; i < l.nsets; i++)
		policy_set_free(l.sets[i]);
	return 0;
}
