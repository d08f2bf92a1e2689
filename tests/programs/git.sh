#!/bin/sh
# SPDX-License-Identifier: ISC
# git: a history, its branches, copies and packs.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org
GIT_AUTHOR_DATE='1000000000 +0000' GIT_COMMITTER_DATE='1000000000 +0000'
GIT_CONFIG_NOSYSTEM=1 HOME=$PWD GIT_PAGER=cat
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME \
    GIT_COMMITTER_EMAIL GIT_AUTHOR_DATE GIT_COMMITTER_DATE \
    GIT_CONFIG_NOSYSTEM HOME GIT_PAGER
git config --global init.defaultBranch main
git config --global protocol.file.allow always
git init -q r && cd r || exit 1
mkdir -p src/deep
for i in 1 2 3 4 5; do
	seq $((i * 20)) >src/f$i
done
ln -s src/f1 link
chmod +x src/f2
git add -A && git commit -qm one
git checkout -q -b side
echo side >>src/f1
git mv src/f3 src/deep/f3
git commit -qam side
git checkout -q main
echo main >>src/f5
rm src/f4
git commit -qam main
git merge -q side -m merged
git log --oneline --graph --stat
git checkout -q -b conflict HEAD~1
echo other >src/f5
git commit -qam conflict
git merge side main 2>&1 | sed 1q
git merge --abort 2>&1
git rebase -q main 2>&1 | grep CONFLICT
git status --short
git rebase --abort
git checkout -q main
echo work >src/f1
git stash -q && git stash list && git stash pop -q && git diff --stat
git reset -q --hard
git tag -a -m tag v1
git gc -q --prune=now 2>&1
git fsck --full 2>&1 | sort
find .git -name '*.pack' | wc -l
git worktree add -q ../wt side 2>&1
(cd ../wt && git log --oneline -1 && echo x >y && git add y &&
    git commit -qm y)
git worktree list | awk '{ print $2, $3 }'
cd ..
git clone -q r local && git -C local log --oneline | wc -l
git clone -q --no-hardlinks --bare r bare.git
git clone -q "file://$PWD/bare.git" fetched 2>&1
cd fetched || exit 1
echo new >new && git add new && git commit -qm new
git push -q origin main 2>&1
git -C ../bare.git log --oneline -1
git archive --format=tar HEAD | tar -tf - | sort
git submodule --quiet add ../bare.git sub 2>&1 && git commit -qm sub
git ls-files -s
git clean -fdxq
git bisect start -q 2>/dev/null; git bisect reset 2>/dev/null
git grep -n side | sort
git rev-parse HEAD
# shellcheck disable=SC2016 # for the hook
printf '#!/bin/sh\necho hook "$(git rev-parse --is-inside-work-tree)"\n' \
    >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
echo hooked >>new && git commit -qam hooked 2>&1
git verify-pack -s .git/objects/pack/*.idx 2>/dev/null | sed 's/:.*//'
