#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Daemons that root starts under the shipped policies, which name every file,
# address and user: named in its chroot and nginx with its workers do their
# work, nothing that they need is denied, and nothing else is had. All of it
# in namespaces of its own: the folders that the policies name are empty ones.
# shellcheck disable=SC2317	# check and until_true call functions
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs unshare ip mount
own_netns "$0" "$@"
if [ "${DAEMONS_INSIDE-}" != 1 ]; then
	unshare -m true 2>/dev/null || skip_all "no mount namespaces here"
	clean_up
	DAEMONS_INSIDE=1 exec unshare -m sh "$0"
fi
have() {
	command -v "$1" >/dev/null 2>&1
}

# empty FOLDER: is one here, nowhere else.
empty() {
	mount -t tmpfs -o mode=755 tmpfs "$1" 2>/dev/null
}

# start DAEMON ARGUMENT ...: under its shipped policy; the session's log is
# $T/log, the daemon's own words are in $T/out.
start() {
	name=$1
	shift
	rm -f "$T/log"
	"$privrun" -U -a -E "$T/log" -f "policies/usr_sbin_$name" \
	    "$name" "$@" >"$T/out" 2>&1 </dev/null &
	session=$!
	remember $session
}

stop() {
	kill -TERM "$1" 2>/dev/null
	wait "$session"
	same "$2" 0 $?
	forget $session
}

# denials NUMBER DESCRIPTION PATTERN ...: that many lines in all, and of each
# pattern one.
has_denials() {
	[ "$(grep -c . "$T/log")" -ge "$1" ]
}

denials() {
	until_true 10 has_denials "$1" || :
	same "$2: $1 denied" "$1" "$(grep -c . "$T/log")"
	what=$2
	shift 2
	for pattern; do
		log_says "$what: the log says so" "^privrun: deny $pattern"
	done
}

no_denials() {
	same "$1: nothing is denied" "" "$(cat "$T/log")"
}

ids_of() {
	status_of "$1" Uid | tr '\t' ' '
}

# --- named

chroot=/var/lib/named

# Options and zones come from standard input, after the options of all.
named_conf() {
	{
		cat
		cat <<-EOF
		include "/etc/bind/rndc.key";
		controls { inet 127.0.0.1 port 953 allow { 127.0.0.1; }
		    keys { "rndc-key"; }; };
		zone "example.test" { type primary;
		    file "/etc/bind/example.test"; };
		EOF
	} >"$chroot/etc/bind/named.conf"
}

named_options='
	directory "/var/cache/bind";
	pid-file "/run/named/named.pid";
	session-keyfile "/run/named/session.key";
	listen-on-v6 { ::1; };
	recursion no;
	dnssec-validation no;
'

to_file='logging {
	channel file { file "/var/log/named/named.log" versions 2 size 1m; };
	category default { file; };
};'

zone() {
	cat <<-EOF
	\$TTL 60
	@ IN SOA ns root $2 60 60 60 60
	@ IN NS ns
	ns IN A 127.0.0.1
	www IN A $1
	EOF
}

make_chroot() {
	for folder in dev etc/bind run/named var/cache/bind var/lib/bind \
	    var/log/named srv; do
		mkdir -p "$chroot/$folder"
	done
	mknod -m 666 "$chroot/dev/null" c 1 3
	for folder in run/named var/cache/bind var/lib/bind var/log/named; do
		chown bind:bind "$chroot/$folder"
	done
	rndc-confgen -a -k rndc-key -t "$chroot" -u bind \
	    -c /etc/bind/rndc.key >"$T/out" 2>&1 || show "$T/out"
	zone 192.0.2.1 1 >"$chroot/etc/bind/example.test"
	zone 192.0.2.9 1 >"$chroot/srv/other.test"
}

# ask NAME [OPTION ...]: its address
ask() {
	dig +short +time=1 +tries=1 "$@" @127.0.0.1 A 2>/dev/null
}

answers() {
	[ "$(ask "$1")" = "$2" ]
}

rndc_() {
	rndc -s 127.0.0.1 -k "$chroot/etc/bind/rndc.key" "$@" >"$T/rndc" 2>&1
}

pid_of_named() {
	cat "$chroot/run/named/named.pid"
}

start_named() {
	start named -t "$chroot" -u bind -c /etc/bind/named.conf "$@"
}

answering() {
	until_true 20 answers www.example.test "$1"
}

named_serves() {
	named_conf <<-EOF
	options { $named_options listen-on { 127.0.0.1; }; };
	$to_file
	EOF
	start_named -f
	check "named answers" answering 192.0.2.1
	same "by TCP" 192.0.2.1 "$(ask www.example.test +tcp)"
	like "and of names that are not" NXDOMAIN \
	    "$(dig +time=1 +tries=1 @127.0.0.1 nono.example.test)"
	pid=$(pid_of_named)
	uid=$(id -u bind)
	same "it is its own user" "$uid $uid $uid $uid" "$(ids_of "$pid")"
	same "in its own groups" "$(id -g bind)" \
	    "$(status_of "$pid" Groups | tr -d ' ')"
	same "with one capability left" 0000000000000400 \
	    "$(status_of "$pid" CapPrm)"
	same "in its chroot" "$chroot" "$(readlink "/proc/$pid/root")"
	check "it logs" grep -q "all zones loaded" \
	    "$chroot/var/log/named/named.log"
	zone 192.0.2.2 2 >"$chroot/etc/bind/example.test"
	kill -HUP "$pid"
	check "SIGHUP: it reads its zone again" answering 192.0.2.2
	zone 192.0.2.3 3 >"$chroot/etc/bind/example.test"
	check "rndc reload" rndc_ reload
	check "the same by rndc" answering 192.0.2.3
	check "rndc dumpdb" rndc_ dumpdb -zones
	check "writes where it may" until_true 10 \
	    test -s "$chroot/var/cache/bind/named_dump.db"
	no_denials "named"
}

# What it is told to do now the policy does not name.
named_is_bounded() {
	named_conf <<-EOF
	options { $named_options listen-on { 127.0.0.1; };
		dump-file "/etc/bind/dump"; };
	zone "other.test" { type primary; file "/srv/other.test"; };
	$to_file
	EOF
	rndc_ reconfig
	until_true 10 test -s "$T/log"
	same "a zone elsewhere is not served" "" "$(ask www.other.test)"
	denials 2 "a zone elsewhere" \
	    "user: bind, .*native-fsread.*: /srv/other.test, line: default" \
	    "user: bind, .*native-fsread.*: /srv/other.test, oflags: ro, "
	like "named is told" "other.test.*permission denied" \
	    "$(cat "$chroot/var/log/named/named.log")"
	check "the first is, as before" answers www.example.test 192.0.2.3
	rndc_ dumpdb -zones
	until_true 10 grep -q dump "$T/log"
	log_says "nothing is dumped elsewhere" \
	    "deny user: bind, .*filename: /<non-existent filename>: /etc/bind/"
	refute "not even a name" test -e "$chroot/etc/bind/dump"
}

# a session of its own with one more rule: the same is had.
named_is_bounded_by_rules() {
	{
		cat policies/usr_sbin_named
		echo '	native-fsread: filename match "/srv" then permit'
	} >"$T/policy"
	"$privrun" -U -a -E "$T/log" -f "$T/policy" named -t "$chroot" \
	    -u bind -c /etc/bind/named.conf -f >"$T/out" 2>&1 </dev/null &
	session=$!
	remember $session
	check "with a rule for it the other zone is" until_true 20 answers \
	    www.other.test 192.0.2.9
	stop "$(pid_of_named)" "and it ends"
}

named_in_background() {
	named_conf <<-EOF
	options { $named_options listen-on { 127.0.0.1; }; };
	$to_file
	EOF
	start_named
	wait $session
	same "in the background: privrun ends with what it started" 0 $?
	forget $session
	check "and named answers" answering 192.0.2.3
	pid=$(pid_of_named)
	remember "$pid"
	no_denials "in the background"
	kill -HUP "$pid"
	zone 192.0.2.4 4 >"$chroot/etc/bind/example.test"
	kill -HUP "$pid"
	check "it is judged still" answering 192.0.2.4
	kill -TERM "$pid"
	check "and ends" until_true 20 has_ended "$pid"
	forget "$pid"
	refute "taking its pid file with it" test -e \
	    "$chroot/run/named/named.pid"
	no_denials "to its end"
}

# named's log goes to its chroot's /dev/log: there is none outside.
named_to_syslog() {
	: >"$T/syslog"
	"$helpers/logsink" "$chroot/dev/log" "$T/syslog" &
	sink=$!
	remember $sink
	until_true 10 test -S "$chroot/dev/log"
	named_conf <<-EOF
	options { $named_options listen-on { 127.0.0.1; }; };
	EOF
	start_named -f
	check "named without a file for its log" answering 192.0.2.4
	wait $sink
	forget $sink
	like "writes to the syslog of its chroot" "named" \
	    "$(tr -d '\000' <"$T/syslog")"
	no_denials "syslog"
	stop "$(pid_of_named)" "and ends"
	rm -f "$chroot/dev/log"
}

# refused DESCRIPTION PATTERN ARGUMENT ...: named ends, and the log says why.
refused() {
	what=$1
	pattern=$2
	shift 2
	start named -g "$@"
	until_true 20 has_ended $session
	wait $session
	same "$what: named gives up" 1 $?
	forget $session
	log_says "$what: the log says why" "deny user: root, .*$pattern"
}

named_is_nobody_else() {
	refused "another user" "setgid.*gname: daemon" -t "$chroot" -u daemon
	refused "another chroot" "chroot.*filename: /srv, " -t /srv -u bind
	named_conf <<-EOF
	options { $named_options listen-on port 5353 { 127.0.0.1; }; };
	zone "second.test" { type secondary; file "second.test";
	    primaries { 127.0.0.1 port 5300; }; };
	EOF
	start_named -g
	until_true 20 grep -q -s 'inet-.0.0.0.0.:' "$T/log"
	log_says "another port" "deny user: bind, .*sockaddr: inet-.127.0.0.1.:5353"
	log_says "other servers" "deny user: bind, .*native-bind.*inet-.0.0.0.0.:"
	stop "$(pid_of_named)" "and it ends"
}

if have named && have dig && have rndc && id bind >/dev/null 2>&1 &&
    empty /var/lib && mkdir "$chroot"; then
	[ ! -S /dev/log ] || mount --bind "$T" /dev/log
	empty /run
	make_chroot
	named_serves
	stop "$(pid_of_named)" "it ends when it is told to"
	start_named -f
	answering 192.0.2.3
	named_is_bounded
	stop "$(pid_of_named)" "and ends"
	named_is_bounded_by_rules
	named_in_background
	named_to_syslog
	named_is_nobody_else
else
	skip 30 "bind9 and bind9-dnsutils are not installed"
fi

# --- nginx

# Lines of http and of the server come from standard input, after a mark.
nginx_conf() {
	cat >/etc/nginx/nginx.conf <<-EOF
	user www-data ${1:-www-data};
	worker_processes 2;
	pid /run/nginx.pid;
	error_log /var/log/nginx/error.log;
	events { worker_connections 64; }
	http {
		access_log /var/log/nginx/access.log;
		server {
			listen 80;
			listen [::]:80;
			root /var/www/html;
			$(cat)
		}
	}
	EOF
}

fetch() {
	"$helpers/fetch" "${2:-127.0.0.1}" 80 "$1" 2>&1 | tr -d '\r'
}

serves() {
	fetch "$1" | grep -q "$2"
}

pid_of_nginx() {
	cat /run/nginx.pid
}

make_site() {
	mkdir /var/www/html
	echo "the page" >/var/www/html/index.html
	echo "a secret" >"$T/secret"
	ln -s "$T/secret" /var/www/html/secret
}

nginx_serves() {
	nginx_conf <<-EOF
	add_header X-Version first;
	EOF
	start nginx -g 'daemon off;'
	check "nginx serves a page" until_true 20 serves / "the page"
	like "by IPv6" "the page" "$(fetch / ::1)"
	like "and says what is not there" "404 Not Found" "$(fetch /nono)"
	pid=$(pid_of_nginx)
	uid=$(id -u www-data)
	same "its master is root" "0 0 0 0" "$(ids_of "$pid")"
	same "its workers are not" "$uid $uid $uid $uid" \
	    "$(for worker in $(children_of "$pid"); do
		ids_of "$worker"; done | sort -u)"
	same "and can do nothing that others cannot" 0000000000000000 \
	    "$(for worker in $(children_of "$pid"); do
		status_of "$worker" CapPrm; done | sort -u)"
	check "it logs" grep -q '"GET /nono HTTP/1.0" 404' \
	    /var/log/nginx/access.log
	nginx_conf <<-EOF
	add_header X-Version second;
	EOF
	kill -HUP "$pid"
	check "SIGHUP: it reads its settings again" until_true 20 serves / \
	    "X-Version: second"
	mv /var/log/nginx/access.log /var/log/nginx/access.log.1
	kill -USR1 "$pid"
	until_true 20 test -e /var/log/nginx/access.log
	check "SIGUSR1: and opens its logs anew" until_true 20 is_logged /again
	no_denials nginx
}

is_logged() {
	fetch "$1" >"$T/page"
	grep -q "GET $1 " /var/log/nginx/access.log
}

# What it is told to do now the policy does not name.
nginx_is_bounded() {
	like "a link out of the site leads nowhere" "500 Internal Server Error" \
	    "$(fetch /secret)"
	denials 1 "a link out of the site" \
	    "user: www-data, .*filename: $(readlink -f "$T/secret"), oflags: ron"
	: >"$T/log"
	nginx_conf <<-EOF
	location /other { proxy_pass http://127.0.0.1:8080; }
	EOF
	kill -HUP "$pid"
	check "it asks no other server" until_true 20 serves /other \
	    "502 Bad Gateway"
	log_says "the log says so" \
	    "deny user: www-data, .*sockaddr: inet-.127.0.0.1.:8080"
	: >"$T/log"
	nginx_conf <<-EOF
	listen 8080;
	EOF
	kill -HUP "$pid"
	check "nor is it one on another port" until_true 20 grep -q -s \
	    "deny user: root, .*native-bind.*:8080" "$T/log"
	like "it is told" "bind.* 0.0.0.0:8080 failed .1: Operation not" \
	    "$(cat /var/log/nginx/error.log)"
	check "it serves, as before" serves / "the page"
}

# A worker that does nothing is ended by its master.
nginx_ends_workers() {
	nginx_conf </dev/null
	start nginx -g 'daemon off;'
	until_true 20 serves / "the page"
	pid=$(pid_of_nginx)
	worker=$(children_of "$pid" | head -n 1)
	kill -STOP "$worker"
	stop "$pid" "a worker that hangs is killed"
	check "and is gone" until_true 20 has_ended "$worker"
	no_denials "the end of workers"
}

nginx_is_nobody_else() {
	nginx_conf daemon </dev/null
	start nginx -g 'daemon off;'
	check "workers are in no other group" until_true 20 grep -q -s \
	    "deny user: root, .*native-setgid.*gname: daemon" "$T/log"
	until_true 20 grep -q "setgid.*not permitted" /var/log/nginx/error.log
	stop "$(pid_of_nginx)" "and it ends"
}

nginx_in_background() {
	nginx_conf </dev/null
	start nginx
	wait $session
	same "in the background: privrun ends with what it started" 0 $?
	forget $session
	check "and nginx serves" until_true 20 serves / "the page"
	pid=$(pid_of_nginx)
	remember "$pid"
	fetch /secret >"$T/page"
	denials 1 "in the background" "user: www-data, .*/secret, "
	kill -QUIT "$pid"
	check "and ends" until_true 20 has_ended "$pid"
	forget "$pid"
	refute "taking its pid file with it" test -e /run/nginx.pid
}

if have nginx && id www-data >/dev/null 2>&1 && empty /etc/nginx &&
    empty /var/www && empty /var/log/nginx && empty /run; then
	[ -d /var/lib/nginx ] || mkdir /var/lib/nginx
	empty /var/lib/nginx
	make_site
	nginx_serves
	nginx_is_bounded
	stop "$(pid_of_nginx)" "it ends when it is told to"
	nginx_ends_workers
	nginx_is_nobody_else
	nginx_in_background
else
	skip 30 "nginx-light is not installed"
fi
done_testing
