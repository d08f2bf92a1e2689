# SPDX-License-Identifier: ISC
# Writes a project in C of 64 files, each with a header of its own, a library of
# them, a program and a Makefile into the folder that is given with -v folder=;
# the same each time. What is in the files is of the kind that programs are made
# of, lists, tables, text and sums, so that a compiler has as much to do for each
# as it reads: some 150 lines and the usual headers.
BEGIN {
	FILES = 64
	PARTS = 3
	for (i = 1; i <= FILES; i++) {
		header(sprintf("%s/unit%02d.h", folder, i), i)
		unit(sprintf("%s/unit%02d.c", folder, i), i)
	}
	main(folder "/main.c")
	makefile(folder "/Makefile")
}

# The same numbers everywhere.
function random(n) {
	seed = (seed * 1103 + 12345) % 65536
	return seed % n
}

function header(file, i,    j) {
	printf "#ifndef UNIT%02d_H\n#define UNIT%02d_H\n\n", i, i >file
	print "#include <stddef.h>\n" >file
	printf "struct entry%02d {\n", i >file
	printf "\tstruct entry%02d *next;\n\tchar name[%d];\n", i,
	    16 + random(48) >file
	print "\tlong value;\n};\n" >file
	for (j = 1; j <= PARTS; j++)
		printf "long unit%02d_part%d(const char *, size_t, long);\n", i,
		    j >file
	printf "long unit%02d_all(const char *);\n\n#endif\n", i >file
	close(file)
}

function unit(file, i,    j) {
	print "#include <ctype.h>\n#include <errno.h>\n#include <limits.h>" >file
	print "#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>" >file
	print "#include <string.h>\n#include <time.h>\n#include <unistd.h>" >file
	printf "\n#include \"unit%02d.h\"\n", i >file
	printf "#include \"unit%02d.h\"\n\n", i % FILES + 1 >file
	table(file)
	for (j = 1; j <= PARTS; j++)
		part(file, i, j)
	printf "long\nunit%02d_all(const char *text)\n{\n", i >file
	print "\tsize_t len = strlen(text);\n\tlong sum = 0;\n" >file
	for (j = 1; j <= PARTS; j++)
		printf "\tsum ^= unit%02d_part%d(text, len, sum);\n", i, j >file
	print "\treturn sum;\n}" >file
	close(file)
}

function table(file,    j) {
	print "static const long weights[] = {" >file
	for (j = 0; j < 64; j++)
		printf "%s%d,%s", j % 8 == 0 ? "\t" : " ", random(10000),
		    j % 8 == 7 ? "\n" : "" >file
	print "};\n" >file
}

function part(file, i, j) {
	printf "long\nunit%02d_part%d(const char *text, size_t len, long begin)\n",
	    i, j >file
	printf "{\n\tstruct entry%02d *list = NULL, *entry;\n", i >file
	print "\tchar line[128];\n\tlong sum = begin;\n\tsize_t k;\n" >file
	print "\tfor (k = 0; k < len; k++) {" >file
	print "\t\tif (isspace((unsigned char)text[k]))\n\t\t\tcontinue;" >file
	print "\t\tentry = calloc(1, sizeof(*entry));" >file
	print "\t\tif (entry == NULL)\n\t\t\tbreak;" >file
	printf "\t\tsnprintf(entry->name, sizeof(entry->name), \"%%zu-%d\", k);\n",
	    random(1000) >file
	printf "\t\tentry->value = weights[(k * %d) %% 64] + text[k];\n",
	    1 + 2 * random(30) >file
	print "\t\tentry->next = list;\n\t\tlist = entry;\n\t}" >file
	print "\twhile ((entry = list) != NULL) {\n\t\tlist = entry->next;" >file
	printf "\t\tswitch (entry->value %% %d) {\n", 4 + random(4) >file
	printf "\t\tcase 0:\n\t\t\tsum += entry->value << %d;\n\t\t\tbreak;\n",
	    1 + random(4) >file
	printf "\t\tcase 1:\n\t\t\tsum ^= strtol(entry->name, NULL, %d);\n",
	    8 + 2 * random(2) >file
	print "\t\t\tbreak;\n\t\tcase 2:" >file
	print "\t\t\tsnprintf(line, sizeof(line), \"%s=%ld\"," >file
	print "\t\t\t    entry->name, entry->value);" >file
	print "\t\t\tsum += (long)strlen(line);\n\t\t\tbreak;" >file
	print "\t\tdefault:\n\t\t\tsum -= entry->value;\n\t\t}" >file
	print "\t\tfree(entry);\n\t}\n\treturn sum;\n}\n" >file
}

function main(file,    i) {
	print "#include <stdio.h>\n" >file
	for (i = 1; i <= FILES; i++)
		printf "#include \"unit%02d.h\"\n", i >file
	print "\nint\nmain(void)\n{\n\tlong sum = 0;\n" >file
	for (i = 1; i <= FILES; i++)
		printf "\tsum += unit%02d_all(\"a build of %d\");\n", i, i >file
	print "\tprintf(\"%ld\\n\", sum);\n\treturn 0;\n}" >file
	close(file)
}

function makefile(file,    i) {
	print "CFLAGS = -O2 -Wall -Wno-unused" >file
	printf "OBJS =" >file
	for (i = 1; i <= FILES; i++)
		printf " unit%02d.o", i >file
	print "\n\nprogram: main.o libunits.a" >file
	print "\t$(CC) -o $@ main.o libunits.a\n\t./program >sum\n" >file
	print "libunits.a: $(OBJS)\n\trm -f $@\n\tar rcs $@ $(OBJS)\n" >file
	print "%.o: %.c\n\t$(CC) $(CFLAGS) -MMD -c -o $@ $<" >file
	close(file)
}
