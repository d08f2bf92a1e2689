/* SPDX-License-Identifier: ISC */
/*
 * First lines of scripts are read as the kernel reads them: thousands of odd
 * ones are executed, and what the kernel made of each is what was read. This
 * program is the interpreter: it tells its arguments.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/image.h"

#define ROUNDS 2000
#define FAILED 200 /* of execve; the errno is told */

static char folder[] = "/tmp/imageXXXXXX";
static char interpreter[64], script[64];

static uint32_t
random_below(uint32_t n)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(state >> 33) % n;
}

static size_t
add(char *text, size_t at, const char *bytes, size_t n, size_t size)
{
	if (n > size - at)
		n = size - at;
	memcpy(text + at, bytes, n);
	return at + n;
}

/* A line of pieces that matter, some of them long. */
static size_t
make_line(char *text, size_t size)
{
	static const struct {
		const char *bytes;
		size_t n;
	} pieces[] = { { " ", 1 }, { "\t", 1 }, { "\n", 1 }, { "", 1 },
		{ "/", 1 }, { "x", 1 }, { "#!", 2 }, { "  \t ", 4 },
		{ "/no/such", 8 }, { "-a -b", 5 } };
	size_t at, i, k, n = random_below(8);

	at = add(text, 0, "#!", random_below(20) == 0 ? 1 : 2, size);
	for (k = random_below(4); k > 0; k--)
		at = add(text, at, " \t", 1, size);
	if (random_below(8) != 0)
		at = add(text, at, interpreter, strlen(interpreter), size);
	for (i = 0; i < n; i++) {
		k = random_below(sizeof(pieces) / sizeof(pieces[0]));
		at = add(text, at, pieces[k].bytes, pieces[k].n, size);
	}
	/* To the end of what the kernel reads, or about. */
	if (random_below(3) == 0)
		for (n = 250 + random_below(12); at < n;)
			at = add(text, at, i % 7 == 0 ? " " : "y", 1, size);
	if (random_below(2) == 0)
		at = add(text, at, "\n", 1, size);
	return at;
}

static void
write_script(const char *text, size_t n)
{
	int fd = open(script, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

/* Its arguments with their NULs; or -1 with the errno of execve. */
static ssize_t
ask_kernel(char *told, size_t size)
{
	char *argv[] = { script, NULL };
	ssize_t n, len = 0;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)execve(script, argv, NULL);
		(void)dprintf(STDOUT_FILENO, "%d", errno);
		_exit(FAILED);
	}
	close(fds[1]);
	while ((n = read(fds[0], told + len, size - (size_t)len)) > 0)
		len += n;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) != FAILED)
		return len;
	told[len] = '\0';
	errno = atoi(told);
	return -1;
}

/* The same, by what was read. */
static ssize_t
ask_reading(char *told)
{
	struct image_line line;
	struct stat st;
	ssize_t len = 0;
	int fd = open(script, O_RDONLY), error;

	assert_int_not_equal(fd, -1);
	error = image_first_line(fd, &line);
	close(fd);
	if (error == 0 && line.interpreter[0] == '\0')
		error = ENOEXEC;
	if (error == 0 && stat(line.interpreter, &st) == -1)
		error = errno;
	if (error == 0 && !S_ISREG(st.st_mode))
		error = EACCES;
	errno = error;
	if (error != 0)
		return -1;
	len += sprintf(told + len, "%s", line.interpreter) + 1;
	if (line.has_argument)
		len += sprintf(told + len, "%s", line.argument) + 1;
	len += sprintf(told + len, "%s", script) + 1;
	return len;
}

static void
test_lines(void **state)
{
	static char text[512], kernels[2048], ours[2048];
	ssize_t a, b;
	size_t i, n, ran = 0, refused = 0;
	int error;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		n = make_line(text, sizeof(text));
		write_script(text, n);
		a = ask_kernel(kernels, sizeof(kernels));
		error = errno;
		b = ask_reading(ours);
		if (a != b || (a == -1 && error != errno) ||
		    (a > 0 && memcmp(kernels, ours, (size_t)a) != 0)) {
			print_error("line %zu: %zd (%d) and %zd (%d): ", i, a,
			    error, b, errno);
			fail_msg("%.*s", (int)n, text);
		}
		ran += a != -1;
		refused += a == -1;
	}
	print_message("%zu ran, %zu were refused\n", ran, refused);
	assert_true(ran > ROUNDS / 8 && refused > ROUNDS / 8);
}

/* As many scripts of scripts as the kernel takes. */
static void
test_depth(void **state)
{
	char name[80], text[160];
	struct stat st, wanted;
	int i, fd;

	(void)state;
	assert_int_equal(stat(interpreter, &wanted), 0);
	for (i = 1; i <= 7; i++) {
		(void)snprintf(name, sizeof(name), "%s/s%d", folder, i);
		if (i == 1)
			(void)snprintf(text, sizeof(text), "#!%s\n",
			    interpreter);
		else
			(void)snprintf(text, sizeof(text), "#!%s/s%d\n", folder,
			    i - 1);
		fd = open(name, O_WRONLY | O_CREAT, 0755);
		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
		close(fd);
		assert_int_equal(image_of(name, &st), i <= 5 ? 0 : ELOOP);
		if (i <= 5)
			assert_int_equal(st.st_ino, wanted.st_ino);
	}
	for (i = 1; i <= 7; i++) {
		(void)snprintf(name, sizeof(name), "%s/s%d", folder, i);
		(void)unlink(name);
	}
}

static int
tell_arguments(int argc, char *argv[])
{
	int i;

	for (i = 0; i < argc; i++)
		(void)fwrite(argv[i], strlen(argv[i]) + 1, 1, stdout);
	return 0;
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_depth),
	};
	const char *name = strrchr(argv[0], '/');
	char *self;
	int result;

	if (name != NULL && strcmp(name, "/i") == 0)
		return tell_arguments(argc, argv);
	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(interpreter, sizeof(interpreter), "%s/i", folder);
	(void)snprintf(script, sizeof(script), "%s/s", folder);
	self = realpath("/proc/self/exe", NULL);
	if (self == NULL || symlink(self, interpreter) == -1)
		return 1;
	free(self);
	result = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(interpreter);
	(void)unlink(script);
	(void)rmdir(folder);
	return result;
}
