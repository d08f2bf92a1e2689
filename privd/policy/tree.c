/* SPDX-License-Identifier: ISC */
/*
 * Run from the folder that they were built in, our programs find the
 * policies and templates of their source tree, so that these can be tried
 * before anything is installed. What is found is not trusted for that: the
 * files are held to policy_trusted() as all are.
 */
#include "policy.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

bool
policy_source_tree(char *policies, char *templates, size_t len)
{
	char self[PATH_MAX], *slash;
	ssize_t n;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n == -1)
		return false;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL || strncmp(slash, "/build", 6) != 0)
		return false;
	*slash = '\0';
	if ((size_t)snprintf(policies, len, "%s/policies", self) >= len ||
	    (size_t)snprintf(templates, len, "%s/policies/templates", self) >=
		len)
		return false;
	return access(templates, F_OK) == 0;
}
