/* SPDX-License-Identifier: ISC */
/*
 * Libraries that are loaded when needed: all that is asked for, or the reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../privd/lazy.h"
#include "places.h"

static size_t (*version_num)(void);

static void
test_library_is_loaded(void **state)
{
	const struct lazy_symbol symbols[] = {
		{ "OpenSSL_version_num", (lazy_function *)&version_num },
	};
	const char *why = NULL;

	(void)state;
	assert_true(lazy_load(PRIVD_LIBCRYPTO, symbols, 1, &why));
	assert_null(why);
	assert_true(version_num() >= 0x30000000);
}

static void
test_missing_library_is_said(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_false(lazy_load("libnothing-of-that-name.so.1", NULL, 0, &why));
	assert_non_null(strstr(why, "libnothing-of-that-name.so.1"));
}

static void
test_missing_function_is_said(void **state)
{
	lazy_function none = NULL;
	const struct lazy_symbol symbols[] = {
		{ "OpenSSL_version_num", (lazy_function *)&version_num },
		{ "no_function_of_that_name", &none },
	};
	const char *why = NULL;

	(void)state;
	assert_false(lazy_load(PRIVD_LIBCRYPTO, symbols, 2, &why));
	assert_non_null(strstr(why, "no_function_of_that_name"));
	assert_null(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library_is_loaded),
		cmocka_unit_test(test_missing_library_is_said),
		cmocka_unit_test(test_missing_function_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
