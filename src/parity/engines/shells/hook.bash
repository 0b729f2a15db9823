# parity's shell integration: `eval "$(parity hook bash)"`.
__parity_store=@store@
__parity_guarded=' @guarded@ '
__parity_seen=''
__parity_again=''

case ":$PATH:" in
*":$__parity_store/shims:"*) ;;
*) export PATH="$__parity_store/shims:$PATH" ;;
esac

__parity_command() {
    command @parity@ "$@"
}

# Set a variable to what it is to be, and note in `undo` what it was.
__parity_set() {
    local old="${!2-}" how=set
    if [[ $1 == set && -n ${!2+x} && ${!2} == "$3" ]]; then return 0; fi
    old=${old//\\/\\\\} old=${old//$'\t'/\\t} old=${old//$'\n'/\\n}
    if [[ -n ${!2+x} && ${BASH_VERSINFO[0]} -ge 5 ]]; then
        case ${!2@a} in *x*) ;; *) how=own ;; esac
    fi
    if [[ $1 == prepend && -n ${!2-} ]]; then
        undo="drop"$'\t'"$2"$'\t'"$4"$'\n'"$undo"
        export "$2=$3:${!2}"
        return 0
    fi
    if [[ -n ${!2+x} ]]; then
        undo="$how"$'\t'"$2"$'\t'"$old"$'\n'"$undo"
    else
        undo="unset"$'\t'"$2"$'\n'"$undo"
    fi
    if [[ $1 == unset ]]; then unset "$2"; else export "$2=$3"; fi
}

# Find what the user calls a named environment, or its address: `title`, empty for the folder of a project.
__parity_title() {
    local kind value
    title=''
    case $1 in
    "$__parity_store/named/v1/"*) title=${1##*/} ;;
    "$__parity_store/prefixes/v1/"*)
        while IFS=$'\t' read -r kind value; do
            if [[ $kind == prefix ]]; then printf -v title %b "$value"; fi
        done <"$1/sources"
        ;;
    esac
}

__parity_enter() {
    local line action name value raw undo='' shown='' kept='' address='' title=''
    IFS= read -r address <"$2/.parity/address" || return 0
    __parity_title "$1"
    while IFS= read -r line; do
        action=${line%%$'\t'*} line=${line#*$'\t'} name=${line%%$'\t'*} raw=''
        if [[ $line == *$'\t'* ]]; then raw=${line#*$'\t'}; fi
        value=$raw
        if [[ $raw == *\\* ]]; then printf -v value %b "$raw"; fi
        if [[ $name == [0-9]* || $name == *[!A-Za-z0-9_]* || -z $name ]]; then continue; fi
        if [[ $__parity_guarded == *" $name "* && " ${PARITY_ALLOW-} " != *" $name "* ]]; then
            if [[ $action != unset ]]; then kept="$kept $name"; fi
            continue
        fi
        if [[ -n $title && $name == CONDA_DEFAULT_ENV ]]; then
            value=$title
            __parity_set set CONDA_PROMPT_MODIFIER "($title) " ''
        elif [[ -n $title && $action == set && $name == VIRTUAL_ENV ]]; then
            __parity_set set VIRTUAL_ENV_PROMPT "$title" ''
        fi
        __parity_set "$action" "$name" "$value" "$raw"
        if [[ $action != unset ]]; then shown="$shown $name"; fi
    done <"$2/.parity/activation"
    export PARITY_PROJECT="$1" PARITY_ACTIVE="$address" PARITY_UNDO="$undo"
    if [[ -z ${PARITY_HOOK_QUIET-} && $1 != "$__parity_again" && $BASH_SUBSHELL == 0 ]]; then
        [[ -n $title ]] || title=${1/#"$HOME/"/\~/}
        printf 'parity: %s sets%s\n' "$title" "$shown" >&2
        if [[ -n $kept ]]; then printf 'parity: not set, PARITY_ALLOW would:%s\n' "$kept" >&2; fi
    fi
}

__parity_leave() {
    local line action name value current text=${PARITY_UNDO-}
    while [[ -n $text ]]; do
        line=${text%%$'\n'*} text=${text#*$'\n'}
        action=${line%%$'\t'*} line=${line#*$'\t'} name=${line%%$'\t'*} value=''
        if [[ $name == [0-9]* || $name == *[!A-Za-z0-9_]* || -z $name ]]; then continue; fi
        if [[ $line == *$'\t'* ]]; then value=${line#*$'\t'}; fi
        if [[ $value == *\\* ]]; then printf -v value %b "$value"; fi
        case $action in
        unset) unset "$name" ;;
        set) export "$name=$value" ;;
        own)
            export -n "$name"
            printf -v "$name" %s "$value"
            ;;
        drop)
            current=":${!name-}:" current=${current/":$value:"/:}
            current=${current#:}
            export "$name=${current%:}"
            ;;
        esac
    done
    unset PARITY_PROJECT PARITY_ACTIVE PARITY_UNDO
}

# Find what the working directory is in: `root` and `link`, empty where it is in nothing.
__parity_find() {
    local folder=${PWD%/} here before
    root='' link=''
    if [[ -n ${PARITY_CHOSEN-} ]]; then
        folder=$PARITY_CHOSEN
    elif [[ -n ${PARITY_PYTHON-}${PYENV_VERSION-} ]]; then
        return 0
    fi
    while :; do
        link=$__parity_store/projects/v1$folder/@place@
        if [[ $folder/.venv -ef $link ]]; then
            root=${folder:-/}
            return 0
        fi
        if [[ -e $folder/.venv/.parity/complete ]]; then # a symbolic link in the path, or a folder of somebody else's
            here=$PWD before=${OLDPWD-}
            if builtin cd -P -- "$folder/" >/dev/null 2>&1; then link=$__parity_store/projects/v1${PWD%/}/@place@; fi
            builtin cd -- "$here" >/dev/null 2>&1
            OLDPWD=$before
            if [[ $folder/.venv -ef $link ]]; then
                root=${folder:-/}
                return 0
            fi
        fi
        if [[ -z $folder || -n ${PARITY_CHOSEN-} || -f $folder/.python-version ]]; then break; fi
        folder=${folder%/*}
    done
    link=''
}

__parity_switch() {
    local root link
    __parity_find
    if [[ $root == "${PARITY_PROJECT-}" && ( -z $root || $link -ef ${PARITY_ACTIVE-} ) ]]; then return 0; fi
    if [[ -n ${PARITY_PROJECT-} ]]; then __parity_leave; fi
    if [[ -n $root ]]; then __parity_enter "$root" "$link"; fi
    hash -r
}

__parity_look() {
    if [[ $__parity_seen != "$PWD:${PARITY_PYTHON-}:${PYENV_VERSION-}:${PARITY_CHOSEN-}" ]]; then
        __parity_seen="$PWD:${PARITY_PYTHON-}:${PYENV_VERSION-}:${PARITY_CHOSEN-}"
        __parity_switch
    fi
}

__parity_prompt() {
    local status=$?
    __parity_look
    case $- in *e*) return 0 ;; esac
    return "$status"
}

# Bash says nothing when the folder changes, and the prompt is too late for `cd there && python`. Somebody else's
# functions of these names stay as they are; an alias is not expanded behind `function`.
__parity_move() {
    builtin "$@" || return
    __parity_look
}
declare -F cd >/dev/null || function cd { __parity_move cd "$@"; }
declare -F pushd >/dev/null || function pushd { __parity_move pushd "$@"; }
declare -F popd >/dev/null || function popd { __parity_move popd "$@"; }

parity() {
    local status=0 wish="${1-} ${2-}"
    case " $* " in *' -h '* | *' --help '* | *' --json '*) wish='' ;; esac # what is answered is for the user
    case $wish in
    'activate '* | 'deactivate '* | 'pyenv activate' | 'pyenv deactivate' | 'pyenv rehash' | 'pyenv shell')
        local text
        text=$(PARITY_SHELL=bash __parity_command "$@") || status=$?
        eval "$text"
        ;;
    *) __parity_command "$@" || status=$? ;;
    esac
    __parity_seen=''
    __parity_look
    return "$status"
}

__parity_complete() {
    unset -f __parity_complete
    complete -r parity
    eval "$(__parity_command hook bash --completions)"
    return 124
}
complete -F __parity_complete parity 2>/dev/null

if [[ " ${PROMPT_COMMAND[*]-}" != *__parity_prompt* ]]; then
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)) && [[ -n ${PROMPT_COMMAND[*]-} ]]; then
        PROMPT_COMMAND=(__parity_prompt "${PROMPT_COMMAND[@]}")
    else
        PROMPT_COMMAND="__parity_prompt${PROMPT_COMMAND:+; $PROMPT_COMMAND}"
    fi
fi

# A shell inside of another: what its start-up files did to PATH comes before what the project sets.
if [[ -n ${PARITY_PROJECT-} ]]; then
    __parity_again=$PARITY_PROJECT
    __parity_leave
fi
__parity_switch
__parity_again=''
