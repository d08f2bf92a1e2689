/* SPDX-License-Identifier: ISC */
/* A configuration that was read: what follows from it, and its end. */
#include "config.h"

#include <stdlib.h>

void
config_free(struct privd_config *c)
{
	size_t i;

	if (c == NULL)
		return;
	free(c->policies);
	free(c->policies_at.file);
	free(c->templates);
	free(c->keys);
	free(c->socket);
	free(c->log_file);
	for (i = 0;
	     c->keep_environment != NULL && c->keep_environment[i] != NULL; i++)
		free(c->keep_environment[i]);
	free(c->keep_environment);
	free(c->allow_users.ids);
	free(c->deny_users.ids);
	free(c->allow_groups.ids);
	free(c->deny_groups.ids);
	free(c);
}

static bool
has_id(const struct config_ids *ids, id_t id)
{
	size_t i;

	for (i = 0; i < ids->count; i++)
		if (ids->ids[i] == id)
			return true;
	return false;
}

static bool
has_group(const struct config_ids *ids, const gid_t *groups, size_t ngroups)
{
	size_t i;

	for (i = 0; i < ngroups; i++)
		if (has_id(ids, groups[i]))
			return true;
	return false;
}

bool
config_admits(const struct privd_config *c, uid_t uid, const gid_t *groups,
    size_t ngroups)
{
	if (uid == 0)
		return true;
	if (has_id(&c->deny_users, uid) ||
	    has_group(&c->deny_groups, groups, ngroups))
		return false;
	if (c->allow_users.count == 0 && c->allow_groups.count == 0)
		return true;
	return has_id(&c->allow_users, uid) ||
	    has_group(&c->allow_groups, groups, ngroups);
}
