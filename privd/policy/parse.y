/* SPDX-License-Identifier: ISC */
/*
 * The grammar of policies, line by line: a file is a list of lines, and the
 * actions (build.c) know which line may follow which. So an error costs its
 * own line alone, and all errors of a file are found in one reading.
 *
 * Nothing recurses: lists grow to the left, and nesting is counted.
 */
%define api.pure full
%define api.location.type {struct policy_place}
%define parse.error custom
%define parse.lac full
%locations
%param {struct policy_parse *p}
%expect 0

%code requires {
#include "parser.h"
}

%code {
#include <string.h>

#define YYLLOC_DEFAULT(current, rhs, n) \
	((current) = (n) ? YYRHSLOC(rhs, 1) : YYRHSLOC(rhs, 0))
#define YYMAXDEPTH 100000

int yylex(YYSTYPE *, YYLTYPE *, struct policy_parse *);
static void yyerror(YYLTYPE *, struct policy_parse *, const char *);

/* An action without memory ends the reading. */
#define NEED(x)				\
	do {				\
		if (!(x)) {		\
			p->nomem = true; \
			YYABORT;	\
		}			\
	} while (0)
}

%union {
	char			*text;
	uint64_t		 number;
	int			 index;
	enum policy_operator	 operator;
	struct word		 word;
	struct outcome		 outcome;
	struct policy_expr	*expr;
	struct expr_chain	 chain;
	struct policy_pred	*pred;
	struct pred_chain	 preds;
	char			 relation;
}

%token H_POLICY "\"Policy:\"" H_TEMPLATE "\"Template:\""
%token H_DEFAULT "\"Default:\"" H_DIGEST "\"Digest:\""
%token H_INCLUDE "\"Include:\"" H_DETACHED "\"detached\""
%token H_EMULATION "\"Emulation:\"" H_DESCRIPTION "\"Description:\""
%token <text> L_PATH "a path" L_WORD "a name" L_STRING "a quoted string"
%token <text> L_TEXT "a text"
%token <number> L_NUMBER "a number"
%token L_NL "the end of the line"
%token K_ARROW "->" K_DIFFERS "!="
%token <text> K_THEN "then" K_AND "and" K_OR "or" K_NOT "not" K_TRUE "true"
%token <text> K_EQ "eq" K_NEQ "neq" K_MATCH "match" K_SUB "sub"
%token <text> K_NSUB "nsub" K_INPATH "inpath" K_RE "re"
%token <text> K_PERMIT "permit" K_DENY "deny" K_ASK "ask"
%token <text> K_PRETEND "pretend" K_INHERIT "inherit" K_DETACH "detach"
%token <text> K_CONFINE "confine" K_POLICY "policy" K_LOG "log" K_AS "as"
%token <text> K_WITH "with" K_ONCE "once" K_TIMES "times" K_RATE "rate"
%token <text> K_EXCLUSIVE "exclusive" K_FILTER "filter" K_DEVICE "device"
%token <text> K_KEEP "keep" K_IF "if" K_USER "user" K_GROUP "group"

%type <text> path emulation word argument
%type <index> index
%type <operator> operator
%type <word> who
%type <outcome> action
%type <expr> negation expression
%type <chain> conjunction disjunction
%type <pred> predicate identity
%type <preds> all any
%type <relation> relation

%%

lines	: %empty
	| lines line
	;

line	: L_NL
	| header L_NL			{ build_end_of_line(p); }
	| item L_NL			{ build_end_of_line(p); }
	| rule L_NL			{ build_end_of_line(p); }
	| H_POLICY error L_NL		{ NEED(build_broken(p) == 0);
					  yyerrok; }
	| H_TEMPLATE error L_NL		{ NEED(build_broken(p) == 0);
					  yyerrok; }
	| error L_NL			{ build_end_of_line(p);
					  yyerrok; }
	;

header	: H_POLICY path	{
		NEED(build_policy(p, $2, @2, NULL, @2) == 0);
	}
	| H_POLICY path ',' emulation {
		NEED(build_policy(p, $2, @2, $4, @4) == 0);
	}
	| H_TEMPLATE word ',' emulation ',' H_DESCRIPTION L_TEXT {
		NEED(build_template(p, $2, $4, @4, $7) == 0);
	}
	;

path	: L_PATH
	| L_STRING
	;

emulation : H_EMULATION word		{ $$ = $2; @$ = @2; }
	;

item	: H_DETACHED			{ NEED(build_detached(p, @1) == 0); }
	| H_DEFAULT action		{ NEED(build_default(p, &$2, @2) == 0);
					}
	| H_DIGEST word ':' word	{ NEED(build_digest(p, $2, $4, @2)
					      == 0); }
	| H_INCLUDE L_STRING		{ NEED(build_include(p, $2, @2) == 0);
					}
	;

rule	: head outcome			{ struct policy_expr *e;

					  e = build_expr(p, POLICY_TRUE);
					  NEED(e != NULL);
					  NEED(build_rule(p, e) == 0); }
	| head expression then outcome	{ NEED(build_rule(p, $2) == 0); }
	;

head	: L_WORD '-' L_WORD ':'	{
		NEED(build_head(p, $1, @1, $3, @3) == 0);
	}
	| L_WORD '-' '#' L_NUMBER ':' {
		NEED(build_head_number(p, $1, @1, $4, @3) == 0);
	}
	;

then	: K_THEN
	| K_ARROW
	;

expression : disjunction		{ $$ = $1.first; }
	;

disjunction : conjunction		{ $$.first = $1.first;
					  $$.last = NULL; }
	| disjunction K_OR conjunction	{ $$ = $1;
					  NEED(build_chain(p, POLICY_OR, &$$,
					      $3.first)); }
	;

conjunction : negation			{ $$.first = $1; $$.last = NULL; }
	| conjunction K_AND negation	{ $$ = $1;
					  NEED(build_chain(p, POLICY_AND, &$$,
					      $3)); }
	;

negation : K_NOT			{ if (!build_nest(p, @1))
						YYERROR; }
	  negation			{ p->depth--;
					  $$ = build_expr(p, POLICY_NOT);
					  NEED($$ != NULL);
					  $$->left = $3; }
	| '('				{ if (!build_nest(p, @1))
						YYERROR; }
	  expression ')'		{ p->depth--;
					  $$ = $3; }
	| K_TRUE			{ $$ = build_expr(p, POLICY_TRUE);
					  NEED($$ != NULL); }
	| argument index operator L_STRING {
		$$ = build_test(p, $1, $2, @1, $3, $4, @4);
		NEED($$ != NULL);
	}
	;

argument : L_WORD
	| K_POLICY
	;

index	: %empty			{ $$ = -1; }
	| '[' L_NUMBER ']'		{ $$ = build_index(p, $2, @2); }
	;

operator : K_EQ				{ $$ = POLICY_EQ; }
	| K_NEQ				{ $$ = POLICY_NEQ; }
	| K_MATCH			{ $$ = POLICY_MATCH; }
	| K_SUB				{ $$ = POLICY_SUB; }
	| K_NSUB			{ $$ = POLICY_NSUB; }
	| K_INPATH			{ $$ = POLICY_INPATH; }
	| K_RE				{ $$ = POLICY_RE; }
	;

outcome	: action			{ build_action(p, &$1, @1); }
	  modifiers condition
	;

action	: K_PERMIT			{ $$ = (struct outcome){
					      .action = POLICY_PERMIT }; }
	| K_PERMIT '[' K_INHERIT ']'	{ $$ = (struct outcome){
					      .action = POLICY_PERMIT,
					      .child = POLICY_CHILD_INHERIT };
					}
	| K_PERMIT '[' K_DETACH ']'	{ $$ = (struct outcome){
					      .action = POLICY_PERMIT,
					      .child = POLICY_CHILD_DETACH };
					}
	| K_PERMIT '[' K_CONFINE ']'	{ $$ = (struct outcome){
					      .action = POLICY_PERMIT,
					      .child = POLICY_CHILD_CONFINE };
					}
	| K_PERMIT '[' K_POLICY L_STRING ']' {
		$$ = (struct outcome){ .action = POLICY_PERMIT,
			.child = POLICY_CHILD_POLICY, .child_path = $4 };
	}
	| K_DENY			{ NEED(build_deny(p, NULL, @1, &$$)); }
	| K_DENY '[' word ']'		{ NEED(build_deny(p, $3, @3, &$$)); }
	| K_ASK				{ $$ = (struct outcome){
					      .action = POLICY_ASK }; }
	| K_PRETEND			{ $$ = (struct outcome){
					      .action = POLICY_PRETEND }; }
	| K_PRETEND '[' L_NUMBER ']'	{ $$ = (struct outcome){
					      .action = POLICY_PRETEND };
					  if ($3 > INT64_MAX)
						parse_error(p, @3,
						    "number too large");
					  $$.value = (int64_t)$3; }
	;

modifiers : %empty
	| modifiers modifier
	;

modifier : K_LOG			{ if (build_modifier(p, MODIFIER_LOG,
					      @1))
						p->rule->log = true; }
	| K_KEEP			{ if (build_modifier(p, MODIFIER_KEEP,
					      @1))
						p->rule->keep = true; }
	| K_AS who			{ NEED(build_as(p, &$2, @2, NULL, @2)
					      == 0); }
	| K_AS who ':' who		{ NEED(build_as(p, &$2, @2, &$4, @4)
					      == 0); }
	| K_AS ':' who			{ NEED(build_as(p, NULL, @2, &$3, @3)
					      == 0); }
	| K_WITH			{ (void)build_modifier(p,
					      MODIFIER_WITH, @1); }
	  capabilities
	| K_ONCE			{ build_limit(p, POLICY_ONCE, 1, @1,
					      "", @1); }
	| K_TIMES L_NUMBER		{ build_limit(p, POLICY_TIMES, $2, @2,
					      "", @2); }
	| K_RATE L_NUMBER '/' word	{ build_limit(p, POLICY_RATE, $2, @2,
					      $4, @4); }
	| K_EXCLUSIVE L_STRING		{ NEED(build_exclusive(p, $2, @2)
					      == 0); }
	| K_FILTER L_STRING		{ NEED(build_filter(p, $2, @2) == 0); }
	| K_DEVICE L_STRING		{ NEED(build_device(p, $2, @2) == 0); }
	;

capabilities : word			{ NEED(build_with(p, $1, @1) == 0); }
	| capabilities '+' word		{ NEED(build_with(p, $3, @3) == 0); }
	;

condition : %empty
	| ',' K_IF predicate		{ p->rule->pred = $3; }
	;

predicate : any				{ $$ = $1.first; }
	;

any	: all				{ $$.first = $1.first;
					  $$.last = NULL; }
	| any K_OR all			{ $$ = $1;
					  NEED(build_pred_chain(p,
					      POLICY_PRED_OR, &$$, $3.first));
					}
	;

all	: identity			{ $$.first = $1; $$.last = NULL; }
	| all K_AND identity		{ $$ = $1;
					  NEED(build_pred_chain(p,
					      POLICY_PRED_AND, &$$, $3)); }
	;

identity : K_USER relation who		{ $$ = build_pred(p, POLICY_PRED_USER,
					      $2, &$3, @3);
					  NEED($$ != NULL); }
	| K_GROUP relation who		{ $$ = build_pred(p, POLICY_PRED_GROUP,
					      $2, &$3, @3);
					  NEED($$ != NULL); }
	| '('				{ if (!build_nest(p, @1))
						YYERROR; }
	  predicate ')'			{ p->depth--;
					  $$ = $3; }
	;

relation : '='				{ $$ = '='; }
	| K_DIFFERS			{ $$ = '!'; }
	| '<'				{ $$ = '<'; }
	| '>'				{ $$ = '>'; }
	;

who	: word				{ $$.text = $1; $$.number = false;
					  $$.value = 0; }
	| L_NUMBER			{ $$.text = NULL; $$.number = true;
					  $$.value = $1; }
	;

/* Names may look like keywords: their place tells them apart. */
word	: L_WORD
	| K_THEN | K_AND | K_OR | K_NOT | K_TRUE | K_EQ | K_NEQ | K_MATCH
	| K_SUB | K_NSUB | K_INPATH | K_RE | K_PERMIT | K_DENY | K_ASK
	| K_PRETEND | K_INHERIT | K_DETACH | K_CONFINE | K_POLICY | K_LOG
	| K_AS | K_WITH | K_ONCE | K_TIMES | K_RATE | K_EXCLUSIVE | K_FILTER
	| K_DEVICE | K_KEEP | K_IF | K_USER | K_GROUP
	;

%%

/* For want of memory alone: what is wrong with a line is reported below. */
static void
yyerror(YYLTYPE *place, struct policy_parse *p, const char *what)
{
	parse_error(p, *place, "%s", what);
}

static bool
expects(const yysymbol_kind_t *expected, int n, yysymbol_kind_t symbol)
{
	int i;

	for (i = 0; i < n; i++) {
		if (expected[i] == symbol)
			return true;
	}
	return false;
}

/* Where any word can stand, the keywords among them are not worth a list. */
static int
plain_words(yysymbol_kind_t *expected, int n)
{
	int i, kept;

	/* No other place takes both of these. */
	if (!expects(expected, n, YYSYMBOL_K_TIMES) ||
	    !expects(expected, n, YYSYMBOL_K_TRUE))
		return n;
	for (i = 0, kept = 0; i < n; i++) {
		if (expected[i] < YYSYMBOL_K_THEN ||
		    expected[i] > YYSYMBOL_K_GROUP)
			expected[kept++] = expected[i];
	}
	return kept;
}

/*
 * What stands where an argument could, and is followed by no operator, is
 * most often a misspelt action: then that word is what was found.
 */
static bool
misspelt_action(struct policy_parse *p, const yysymbol_kind_t *expected, int n)
{
	const struct policy_lexer *lex = &p->lexer;
	char text[REPORT_TEXT_MAX], name[64];

	if (!expects(expected, n, YYSYMBOL_K_EQ) ||
	    expects(expected, n, YYSYMBOL_K_TRUE) || p->rule == NULL ||
	    lex->previous_len >= sizeof(name))
		return false;
	(void)memcpy(name, lex->bytes + lex->previous, lex->previous_len);
	name[lex->previous_len] = '\0';
	if (check_has_argument(p->rule, name, 0) || strcmp(name, "]") == 0)
		return false;
	parse_error(p, lex->previous_place,
	    "found \"%s\", expected permit, deny, ask, pretend or an argument "
	    "of \"%s\"", report_text(name, lex->previous_len, text),
	    p->rule->callname);
	return true;
}

/* "found X, expected A, B or C" */
static int
yyreport_syntax_error(const yypcontext_t *context, struct policy_parse *p)
{
	yysymbol_kind_t expected[YYNTOKENS];
	const struct policy_lexer *lex = &p->lexer;
	char list[2048], text[REPORT_TEXT_MAX];
	int i, n;

	n = yypcontext_expected_tokens(context, expected, YYNTOKENS);
	lexer_skip_line(&p->lexer);
	if (misspelt_action(p, expected, n))
		return 0;
	n = plain_words(expected, n);
	list[0] = '\0';
	for (i = 0; i < n; i++) {
		if (i > 0)
			(void)strlcat(list, i == n - 1 ? " or " : ", ",
			    sizeof(list));
		(void)strlcat(list, yysymbol_name(expected[i]), sizeof(list));
	}
	if (lex->last == L_NL || lex->last == YYEOF)
		(void)strlcpy(text, "the end of the line", sizeof(text));
	else
		(void)report_text(lex->bytes + lex->token, lex->token_len,
		    text);
	parse_error(p, *yypcontext_location(context),
	    "found %s%s%s, expected %s", lex->last == L_NL ? "" : "\"", text,
	    lex->last == L_NL ? "" : "\"", list);
	return 0;
}
