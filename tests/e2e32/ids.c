/* SPDX-License-Identifier: ISC */
/*
 * ids: the calls of 16 bits cut what they are given. Prints what came of
 * each; a rule that speaks of uid 0 must see 0x10000 as the kernel does.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <linux/fs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
say(const char *what, long result)
{
	printf("%s %s\n", what,
	    result < 0 && result > -4096 ? strerrorname_np(errno) : "ok");
}

int
main(void)
{
	/* mmap of old: its arguments are in memory. */
	unsigned long map[6] = { 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, (unsigned long)-1, 0 };

	int fd, flags = 0;

	say("setuid 0", syscall(SYS_setuid, 0));
	say("setuid 0x10000", syscall(SYS_setuid, 0x10000));
	say("setuid32 0x10000", syscall(SYS_setuid32, 0x10000));
	say("setresuid -1", syscall(SYS_setresuid, 0x2ffff, 0xffff, -1));
	map[2] = PROT_READ;
	say("mmap r", syscall(SYS_mmap, map));
	map[2] = PROT_READ | PROT_WRITE | PROT_EXEC;
	say("mmap rwx", syscall(SYS_mmap, map));
	say("mmap2 rwx",
	    syscall(SYS_mmap2, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	/* Its number has the size of a long in it. */
	fd = open(".", O_RDONLY);
	say("getflags", ioctl(fd, FS_IOC_GETFLAGS, &flags));
	say("getversion", ioctl(fd, FS_IOC_GETVERSION, &flags));
	return 0;
}
