#!/bin/sh
# SPDX-License-Identifier: ISC
# privctl keygen, sign and verify: keys where they belong and for whom, and
# what a signature holds to. In a mount namespace, where /etc and /var/lib can
# be written to and nothing of it stays.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
own_spaces "$0" "$@"

need_programs openssl setpriv
privctl=$BUILD/privctl
# shellcheck source=tests/lib/etc.sh
. tests/lib/etc.sh
cd "$T/work" || exit 1

# run COMMAND ...: its output, both kinds, and the exit status at the end
run() {
	"$privctl" "$@" >out 2>&1
	echo "exit $?" >>out
	tr '\n' ' ' <out | sed 's/ $//'
}

# policy NAME: a file of that name
policy() {
	printf 'Policy: /opt/%s, Emulation: native\n\tnative-getpid: permit\n' \
	    "$1" >"$1"
}

same "keygen" "/etc/privd/keys/boss.pub exit 0" "$(run keygen boss.key)"
same "the private key is its owner's alone" "600 root" \
    "$(stat -c '%a %U' boss.key)"
same "the public one is for all" "644 root" \
    "$(stat -c '%a %U' /etc/privd/keys/boss.pub)"
same "as OpenSSL has them" "ED25519 Private-Key: ED25519 Public-Key:" \
    "$(openssl pkey -in boss.key -noout -text | head -n 1) $(openssl pkey \
    -pubin -in /etc/privd/keys/boss.pub -noout -text | head -n 1)"
same "they are a pair" "$(openssl pkey -in boss.key -pubout)" \
    "$(cat /etc/privd/keys/boss.pub)"
cp boss.key before
same "no key is overwritten" "privctl: boss.key: File exists exit 1" \
    "$(run keygen boss.key)"
same "nor one of that name" \
    "privctl: /etc/privd/keys/boss.pub: File exists exit 1" \
    "$(run keygen "$T/boss.pem")"
refute "and its private half is gone" test -e "$T/boss.pem"
same_files "the old one is as it was" before boss.key
same "a name that would be passed over" "exit 2" \
    "$(run keygen .boss | sed 's/.*exit/exit/')"
same "usage" "usage: privctl keygen key exit 2" "$(run keygen)"
same "not for everybody" "1" "$(setpriv --reuid=65534 --regid=65534 \
    --clear-groups "$privctl" keygen /tmp/privd-no-key >out 2>&1; echo $?)"
refute "nothing is left of that" test -e /tmp/privd-no-key

policy a
same "not signed" "a: not signed: there is no \"a.sig\" exit 1" \
    "$(run verify a)"
same "sign" "a: serial 7 exit 0" "$(run sign -k boss.key -s 7 a)"
same "verify" "a: signed by boss, serial 7 exit 0" "$(run verify a)"
same "for everybody" "a: signed by boss, serial 7" \
    "$(setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$privctl" verify a 2>&1)"
sed '/^signature: /d' a.sig >lines
sed -n 's/^signature: //p' a.sig | openssl base64 -d -A >bytes
like "OpenSSL verifies it, too" "Verified Successfully" \
    "$(openssl pkeyutl -verify -rawin -pubin \
    -inkey /etc/privd/keys/boss.pub -in lines -sigfile bytes 2>&1)"
same "the key's name" \
    "$(openssl pkey -pubin -in /etc/privd/keys/boss.pub -outform DER |
    openssl sha256 -r | cut -d ' ' -f 1)" \
    "$(sed -n 's/^key: sha256://p' a.sig)"
same "verify *" "a: signed by boss, serial 7 exit 0" "$(run verify a.sig a)"
same "a signature alone" \
    'privctl: a.sig: a signature; name the policy, "a" exit 1' \
    "$(run verify a.sig)"
same "nor is one signed" \
    'privctl: b.sig: a signature; name the policy, "b" a: serial 7 exit 1' \
    "$(run sign -k boss.key -s 7 a a.sig b.sig)"
ls -A >names
refute "nothing else is left" grep '^\.' names

now=$(date +%s)
run sign -k boss.key a >/dev/null
serial=$(sed -n 's/^serial: //p' a.sig)
check "the serial is the time" test "$serial" -ge "$now"
run sign -k boss.key -s 9000000000000000000 a >/dev/null
same "or one more than the last" "a: serial 9000000000000000001 exit 0" \
    "$(run sign -k boss.key a)"
run sign -k boss.key -s 9223372036854775807 a >/dev/null
same "as long as there is one" \
    'privctl: a: no serial is left behind that of "a.sig" exit 1' \
    "$(run sign -k boss.key a)"
for serial in 0 -1 x 9223372036854775808; do
	same "a serial like $serial" 2 "$(run sign -k boss.key -s $serial a |
	    sed 's/.*exit //')"
done

run sign -k boss.key -s 7 a >/dev/null
cp a good
printf ' ' >>a
same "another content" \
    'a: its content is not what was signed, which is a policy of "/opt/a" exit 1' \
    "$(run verify a)"
cp good a
cp a.sig good.sig
sed 's/^serial: 7/serial: 8/' good.sig >a.sig
same "another serial" \
    'a.sig: the signature is not one by the key "boss" exit 1' "$(run verify a)"
sed 's,/opt/a,/opt/b,' good.sig >a.sig
same "another program" \
    'a.sig: the signature is not one by the key "boss" exit 1' "$(run verify a)"
sed 's/^serial: 7/serial: 07/' good.sig >a.sig
same "another form" \
    'a.sig:3:9: found "07", expected a number from 1 to 9223372036854775807 exit 1' \
    "$(run verify a)"
head -n 3 good.sig >a.sig
same "half of one" \
    'a.sig:4:1: found the end of the file, expected "policy: sha256:" exit 1' \
    "$(run verify a)"
policy b
cp good.sig b.sig
cp good.sig a.sig
same "of another file" \
    'b: its content is not what was signed, which is a policy of "/opt/a" exit 1' \
    "$(run verify b)"
same "each file counts" 1 "$("$privctl" verify a b >/dev/null 2>&1; echo $?)"
same "and all are tried" "a: signed by boss, serial 7" \
    "$("$privctl" verify b a 2>/dev/null)"

mkdir templates
printf 'Template: t, Emulation: native, Description: of a test\nnative-getuid: permit\n' \
    >templates/t
echo 'Include: "t"' >>b
run sign -k boss.key -s 7 b >/dev/null
same "with a template" "b: signed by boss, serial 7 exit 0" "$(run verify b)"
echo 'native-getgid: permit' >>templates/t
same "that is changed" \
    'b:3:10: template "t": its content is not what was signed with the policy exit 1' \
    "$(run verify b)"

echo nonsense >>b
cp b.sig before
same "what has errors is not signed" 1 \
    "$("$privctl" sign -k boss.key b >/dev/null 2>&1; echo $?)"
same_files "the signature stays" before b.sig

mkdir -p /var/lib/privd
serials() {
	printf 'privd serials 1\n%s %064d /opt/a\n' "$1" 0 \
	    >/var/lib/privd/serials
}
serials 8
same "older than what was accepted" \
    'a: serial 7 is older than 8, which was accepted for "/opt/a" exit 1' \
    "$(run verify a)"
serials 9000000000000000000
same "to sign is to be newer" "a: serial 9000000000000000001 exit 0" \
    "$(run sign -k boss.key a)"
same "which is accepted" "a: signed by boss, serial 9000000000000000001 exit 0" \
    "$(run verify a)"
chmod 666 /var/lib/privd/serials
same "serials that anybody can write" \
    '/var/lib/privd/serials: not trusted: "/var/lib/privd/serials" can be written by others than root exit 1' \
    "$(run verify a)"
rm /var/lib/privd/serials
run sign -k boss.key -s 7 a >/dev/null

chmod 622 /etc/privd/keys/boss.pub
same "a key that anybody can write" \
    '/etc/privd/keys/boss.pub: not trusted: "/etc/privd/keys/boss.pub" can be written by others than root exit 1' \
    "$(run verify a)"
chmod 644 /etc/privd/keys/boss.pub
chmod 777 /etc/privd
same "a folder above that anybody can write" \
    '/etc/privd/keys: not trusted: "/etc/privd" can be written by others than root exit 1' \
    "$(run verify a)"
chmod 755 /etc/privd
openssl genpkey -algorithm ED25519 -out stranger.key 2>/dev/null
chmod 600 stranger.key
run sign -k stranger.key a >/dev/null
like "a stranger's" "^a.sig: the key sha256:[0-9a-f]* is not one that is trusted" \
    "$(run verify a)"
openssl pkey -in stranger.key -pubout -out /etc/privd/keys/stranger.pub
like "who becomes known" "^a: signed by stranger, serial" "$(run verify a)"
openssl genpkey -algorithm X25519 -out wrong.key 2>/dev/null
chmod 600 wrong.key
same "a key that cannot sign" \
    "privctl: wrong.key: is not a key for Ed25519 exit 1" \
    "$(run sign -k wrong.key a)"
openssl pkey -in wrong.key -pubout -out /etc/privd/keys/wrong.pub
same "nor is it overlooked" \
    "/etc/privd/keys/wrong.pub: is not a key for Ed25519 exit 1" \
    "$(run verify a)"
rm /etc/privd/keys/wrong.pub
chmod 640 boss.key
same "a private key that others can read" \
    "privctl: boss.key: can be read or written by others than its owner exit 1" \
    "$(run sign -k boss.key a)"
rm /etc/privd/keys/*.pub
like "no keys" "is not one that is trusted" "$(run verify a)"
rmdir /etc/privd/keys
same "not even a folder" \
    "/etc/privd/keys: No such file or directory exit 1" "$(run verify a)"
done_testing
