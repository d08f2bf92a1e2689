/* SPDX-License-Identifier: ISC */
/*
 * What the commands' JSON is made of.
 */
#include <stdio.h>

#include "privctl.h"

void
privctl_put_json(const char *text)
{
	(void)putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)printf("\\%c", *text);
		else if (*text < ' ' || *text > '~')
			(void)printf("\\u%04x", (unsigned char)*text);
		else
			(void)putchar(*text);
	}
	(void)putchar('"');
}
