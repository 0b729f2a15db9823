#!/bin/sh
# Made by parity, one file under many names; `parity pyenv rehash` makes it anew. POSIX shell and its builtins only: the
# one program that is started is the one that was asked for. Whatever is out of the ordinary is left to `parity exec`.
# Every variable has a prefix, because one of the caller's that has its name would be handed on changed.

__parity_store='@store@'
__parity_python='@python@'
__parity_name=${0##*/}
__parity_shims=$__parity_store/shims
__parity_versions=$__parity_store/versions/v1
__parity_pyenv=${PYENV_ROOT:-${HOME-}/.pyenv}
__parity_blank=' 	
@return@'

# Let parity itself find out, and say, what is to be run.
ask() {
	if [ -x "$__parity_python" ]; then
		exec "$__parity_python" -P -m parity exec -- "$__parity_name" "$@"
	fi
	exec parity exec -- "$__parity_name" "$@"
}

# The project's environment: its activation, which names it too, then its program.
project() {
	[ -r "$__parity_link/.parity/activation.sh" ] || ask "$@"
	. "$__parity_link/.parity/activation.sh"
	__parity_file=$__parity_environment/bin/$__parity_name
	if [ -f "$__parity_file" ] && [ -x "$__parity_file" ]; then exec "$__parity_file" "$@"; fi
	case $__parity_name in
	pip* | pypy* | python*) ask "$@" ;; # those of the system are another Python's
	esac
	system "$@"
	ask "$@"
}

# What PATH has behind the shims, if it has it.
system() {
	IFS=:
	for __parity_folder in $PATH; do
		unset IFS
		__parity_file=${__parity_folder:-.}/$__parity_name
		if [ -f "$__parity_file" ] && [ -x "$__parity_file" ]; then
			if [ "$__parity_folder" -ef "$__parity_shims" ]; then continue; fi
			if [ "$__parity_folder" -ef "$__parity_pyenv/shims" ]; then continue; fi
			exec "$__parity_file" "$@"
		fi
	done
}

# The versions that a file names, with colons between: the first word of each line that is no comment.
pins() {
	__parity_words=
	while IFS=$__parity_blank read -r __parity_word __parity_rest || [ -n "$__parity_word" ]; do
		case $__parity_word in
		'' | '#'*) ;;
		*) __parity_words=$__parity_words${__parity_words:+:}$__parity_word ;;
		esac
	done <"$1"
}

# A folder whose `.venv` leads into a store, but not by this path: there may be a symbolic link in the path.
physical() {
	__parity_here=$PWD
	__parity_before=${OLDPWD-}
	CDPATH='' cd -P -- "$__parity_folder/" 2>/dev/null || return 0
	__parity_real=${PWD%/}
	cd -- "$__parity_here" || exit 126
	OLDPWD=$__parity_before
	__parity_link=$__parity_store/projects/v1$__parity_real/@place@
	if [ "$__parity_folder/.venv" -ef "$__parity_link" ]; then project "$@"; fi
}

# Go up from the working directory to the first folder with an environment or a pin.
walk() {
	__parity_folder=${PWD%/}
	while :; do
		__parity_link=$__parity_store/projects/v1$__parity_folder/@place@
		if [ "$__parity_folder/.venv" -ef "$__parity_link" ]; then project "$@"; fi
		if [ -e "$__parity_folder/.venv/.parity/complete" ]; then physical "$@"; fi
		if [ -f "$__parity_folder/.python-version" ]; then
			pins "$__parity_folder/.python-version"
			return
		fi
		if [ -z "$__parity_folder" ]; then break; fi
		__parity_folder=${__parity_folder%/*}
	done
	if [ -f "$__parity_pyenv/version" ]; then pins "$__parity_pyenv/version"; fi
}

# The first of the versions that has the program, then the system.
chosen() {
	IFS=:
	for __parity_word in $__parity_words; do
		unset IFS
		case $__parity_word in
		system)
			system "$@"
			continue
			;;
		[!A-Za-z0-9]* | *[!A-Za-z0-9._+-]* | *..*) ask "$@" ;;
		esac
		[ -f "$__parity_versions/$__parity_word" ] || ask "$@"
		IFS= read -r __parity_prefix <"$__parity_versions/$__parity_word" || ask "$@"
		__parity_file=$__parity_prefix/bin/$__parity_name
		if [ -f "$__parity_file" ] && [ -x "$__parity_file" ]; then
			PATH=$__parity_prefix/bin:$PATH
			export PATH
			exec "$__parity_file" "$@"
		fi
		[ -d "$__parity_prefix" ] || ask "$@"
	done
	system "$@"
	ask "$@"
}

set -f
# Versions have come or gone since the shims were made.
if [ "$__parity_pyenv/versions" -nt "$__parity_versions/.made" ]; then ask "$@"; fi
if [ "$__parity_store/pythons/v1" -nt "$__parity_versions/.made" ]; then ask "$@"; fi
case $__parity_name:${1-} in
pip*:install | pip*:uninstall) ask "$@" ;; # brings programs, which need shims
esac
__parity_words=${PARITY_PYTHON:-${PYENV_VERSION-}}
if [ -z "$__parity_words" ]; then walk "$@"; fi
chosen "$@"
