/* SPDX-License-Identifier: ISC */
/*
 * open32 PATH: opens a file for reading and writing; the errno is the exit
 * status. Built for the machine by make, and for 32 bits by device.sh.
 */
#include <errno.h>
#include <fcntl.h>

int
main(int argc, char *argv[])
{
	if (argc != 2)
		return 255;
	return open(argv[1], O_RDWR) == -1 ? errno : 0;
}
