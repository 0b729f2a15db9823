# parity's shell integration: `eval "$(parity hook zsh)"`.
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
    emulate -L zsh
    local old=${(P)2-} how=set
    if [[ $1 == set && -n ${(P)2+x} && $old == "$3" && ${(Pt)2} == *export* ]]; then return 0; fi
    old=${old//\\/\\\\} old=${old//$'\t'/\\t} old=${old//$'\n'/\\n}
    if [[ -n ${(P)2+x} && ${(Pt)2} != *export* ]]; then how=own; fi
    if [[ $1 == prepend && -n ${(P)2-} ]]; then
        undo="drop"$'\t'"$2"$'\t'"$4"$'\n'"$undo"
        export "$2=$3:${(P)2}"
        return 0
    fi
    if [[ -n ${(P)2+x} ]]; then
        undo="$how"$'\t'"$2"$'\t'"$old"$'\n'"$undo"
    else
        undo="unset"$'\t'"$2"$'\n'"$undo"
    fi
    if [[ $1 == unset ]]; then unset "$2"; else export "$2=$3"; fi
}

# Find what the user calls a named environment, or its address: `title`, empty for the folder of a project.
__parity_title() {
    emulate -L zsh
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
    emulate -L zsh
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
    if [[ -z ${PARITY_HOOK_QUIET-} && $1 != "$__parity_again" && $ZSH_SUBSHELL == 0 ]]; then
        [[ -n $title ]] || title=${1/#"$HOME/"/\~/}
        printf 'parity: %s sets%s\n' "$title" "$shown" >&2
        if [[ -n $kept ]]; then printf 'parity: not set, PARITY_ALLOW would:%s\n' "$kept" >&2; fi
    fi
}

__parity_leave() {
    emulate -L zsh
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
            typeset -g +x "$name=$value"
            ;;
        drop)
            current=":${(P)name-}:" current=${current/":$value:"/:}
            current=${current#:}
            export "$name=${current%:}"
            ;;
        esac
    done
    unset PARITY_PROJECT PARITY_ACTIVE PARITY_UNDO
}

# Find what the working directory is in: `root` and `link`, empty where it is in nothing.
__parity_find() {
    emulate -L zsh
    local folder=${PWD%/}
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
            link=$__parity_store/projects/v1${folder:A}/@place@
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
    emulate -L zsh
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
    local __parity_status=$?
    __parity_look
    return $__parity_status
}

parity() {
    local code=0 wish="${1-} ${2-}"
    case " $* " in *' -h '* | *' --help '* | *' --json '*) wish='' ;; esac # what is answered is for the user
    case $wish in
    'activate '* | 'deactivate '* | 'pyenv activate' | 'pyenv deactivate' | 'pyenv rehash' | 'pyenv shell')
        local text
        text=$(PARITY_SHELL=zsh __parity_command "$@") || code=$?
        eval "$text"
        ;;
    *) __parity_command "$@" || code=$? ;;
    esac
    __parity_seen=''
    __parity_look
    return $code
}

__parity_complete() {
    unfunction __parity_complete
    eval "$(__parity_command hook zsh --completions)"
    compdef _shtab_parity parity
    _shtab_parity "$@"
}
if (( ${+functions[compdef]} )); then compdef __parity_complete parity; fi

typeset -ga precmd_functions chpwd_functions
if (( ! ${precmd_functions[(Ie)__parity_prompt]} )); then precmd_functions=(__parity_prompt $precmd_functions); fi
if (( ! ${chpwd_functions[(Ie)__parity_prompt]} )); then chpwd_functions=(__parity_prompt $chpwd_functions); fi

# A shell inside of another: what its start-up files did to PATH comes before what the project sets.
if [[ -n ${PARITY_PROJECT-} ]]; then
    __parity_again=$PARITY_PROJECT
    __parity_leave
fi
__parity_switch
__parity_again=''
