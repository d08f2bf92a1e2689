/* SPDX-License-Identifier: ISC */
/*
 * For 32-bit builds of test programs, where the machine has no such libraries:
 * as much of libcap and libseccomp as tests/diff asks for. The numbers of calls
 * come from `privctl calls -m i386`.
 */
#include <sys/capability.h>
#include <sys/syscall.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <seccomp.h>

static const struct {
	const char *name;
	int number;
} calls[] = {
#include "i386-calls.h"
};

/* By number. */
static const char *const names[] = {
	"cap_chown",
	"cap_dac_override",
	"cap_dac_read_search",
	"cap_fowner",
	"cap_fsetid",
	"cap_kill",
	"cap_setgid",
	"cap_setuid",
	"cap_setpcap",
	"cap_linux_immutable",
	"cap_net_bind_service",
	"cap_net_broadcast",
	"cap_net_admin",
	"cap_net_raw",
	"cap_ipc_lock",
	"cap_ipc_owner",
	"cap_sys_module",
	"cap_sys_rawio",
	"cap_sys_chroot",
	"cap_sys_ptrace",
	"cap_sys_pacct",
	"cap_sys_admin",
	"cap_sys_boot",
	"cap_sys_nice",
	"cap_sys_resource",
	"cap_sys_time",
	"cap_sys_tty_config",
	"cap_mknod",
	"cap_lease",
	"cap_audit_write",
	"cap_audit_control",
	"cap_setfcap",
	"cap_mac_override",
	"cap_mac_admin",
	"cap_syslog",
	"cap_wake_alarm",
	"cap_block_suspend",
	"cap_audit_read",
	"cap_perfmon",
	"cap_bpf",
	"cap_checkpoint_restore",
};

struct _cap_struct {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct data[2];
};

int
seccomp_syscall_resolve_name(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	return __NR_SCMP_ERROR;
}

cap_t
cap_get_proc(void)
{
	cap_t caps = calloc(1, sizeof(*caps));

	if (caps == NULL)
		return NULL;
	caps->head.version = _LINUX_CAPABILITY_VERSION_3;
	(void)syscall(SYS_capget, &caps->head, caps->data);
	return caps;
}

int
cap_set_proc(cap_t caps)
{
	return (int)syscall(SYS_capset, &caps->head, caps->data);
}

int
cap_from_name(const char *name, cap_value_t *value)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i], name) == 0) {
			*value = (cap_value_t)i;
			return 0;
		}
	errno = EINVAL;
	return -1;
}

int
cap_set_flag(cap_t caps, cap_flag_t flag, int n, const cap_value_t *values,
    cap_flag_value_t set)
{
	struct __user_cap_data_struct *data;
	uint32_t bit, *word;

	while (n-- > 0) {
		data = &caps->data[values[n] / 32];
		bit = UINT32_C(1) << values[n] % 32;
		word = flag == CAP_EFFECTIVE ? &data->effective :
		    flag == CAP_PERMITTED    ? &data->permitted :
					       &data->inheritable;
		*word = set == CAP_SET ? *word | bit : *word & ~bit;
	}
	return 0;
}

int
cap_free(void *caps)
{
	free(caps);
	return 0;
}
