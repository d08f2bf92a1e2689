/* SPDX-License-Identifier: ISC */
/*
 * hardened CALL ... -- command ...: runs a command as a service file of
 * systemd's would that forbids these calls, new namespaces and memory that is
 * both written and executed, and has NoNewPrivileges.
 */
#include <sys/prctl.h>

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <unistd.h>

#define SPACES                                                         \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65 /* Linux 6.3 */
#define PR_MDWE_REFUSE_EXEC_GAIN 1UL
#endif

static void
forbid_spaces(scmp_filter_ctx ctx)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		if (((unsigned int)SPACES & 1U << bit) == 0)
			continue;
		if (seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM),
			SCMP_SYS(unshare), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, 1U << bit, 1U << bit)) !=
			0 ||
		    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM),
			SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, 1U << bit, 1U << bit)) != 0)
			errx(1, "namespaces");
	}
	if (seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setns), 0) !=
		0 ||
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3),
		0) != 0)
		errx(1, "namespaces");
}

int
main(int argc, char *argv[])
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int i, call;

	if (ctx == NULL || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(1, "no_new_privs");
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		call = seccomp_syscall_resolve_name(argv[i]);
		/* Of other machines, or newer ones, and none here. */
		if (call == __NR_SCMP_ERROR)
			continue;
		if (seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), call, 0) != 0)
			errx(1, "%s", argv[i]);
	}
	if (i + 1 >= argc)
		errx(2, "usage: hardened call ... -- command ...");
	forbid_spaces(ctx);
	if (seccomp_load(ctx) != 0)
		errx(1, "no filter");
	(void)prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	execvp(argv[i + 1], argv + i + 1);
	err(1, "%s", argv[i + 1]);
}
