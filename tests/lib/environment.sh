# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# What makes loaders, libraries, shells and interpreters take a user's files, and
# limits under which much fails:
unsafe="LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG GCONV_PATH LOCPATH
    BASH_ENV ENV IFS PYTHONPATH PYTHONSTARTUP PERL5LIB RUBYOPT TMPDIR NLSPATH
    GLIBC_TUNABLES MALLOC_CHECK_ HOSTALIASES RES_OPTIONS TERMINFO
    OPENSSL_CONF LUA_INIT PCAP_PF_RING LANG LC_ALL TERM TZ SOMETHING_NEW"
descriptor_limits="3 4 6 8 10 14 20"
