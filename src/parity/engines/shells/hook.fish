# parity's shell integration: `parity hook fish | source`.
set -g __parity_store @store@
set -g __parity_guarded @guarded@
set -g __parity_seen ''
set -g __parity_again ''

contains -- $__parity_store/shims $PATH; or set -gx PATH $__parity_store/shims $PATH

function __parity_command
    command @parity@ $argv
end

function __parity_decode
    if string match -q '*\\\\*' -- $argv[1]
        printf %b $argv[1]
    else
        printf %s $argv[1]
    end
end

# Set a variable to what it is to be, and note in `undo` what it was.
function __parity_set --no-scope-shadowing --argument-names __parity_action __parity_name __parity_value __parity_raw
    set -l __parity_old "$$__parity_name"
    if test $__parity_action = prepend -a -n "$__parity_old"
        set -p undo (string join \t drop $__parity_name $__parity_raw)
        set -gx $__parity_name "$__parity_value:$__parity_old"
        return
    end
    set -l __parity_how set
    if set -qg $__parity_name
        set -qgx $__parity_name; or set __parity_how own
        set __parity_old (string replace -a \\ \\\\ -- $__parity_old | string collect)
        set __parity_old (string replace -a \t '\t' -- $__parity_old | string collect)
        set __parity_old (string join '\n' -- (string split \n -- $__parity_old))
        set -p undo (string join \t $__parity_how $__parity_name $__parity_old)
    else
        set -p undo (string join \t unset $__parity_name) # a universal variable shows again once this one is gone
    end
    if test $__parity_action = unset
        set -eg $__parity_name
    else
        set -gx $__parity_name $__parity_value
    end
end

# Print what the user calls a named environment, or its address; nothing for the folder of a project.
function __parity_title
    switch $argv[1]
        case "$__parity_store/named/v1/*"
            string replace -r '.*/' '' -- $argv[1]
        case "$__parity_store/prefixes/v1/*"
            __parity_decode (string replace -fr '^prefix\t' '' <$argv[1]/sources)
    end
end

function __parity_enter
    set -l undo
    set -l shown
    set -l kept
    set -l title (__parity_title $argv[1] | string collect)
    read -l address <$argv[2]/.parity/address; or return 0
    while read -l -d \n line
        set -l words (string split \t -- $line)
        string match -qr '^[A-Za-z_][A-Za-z0-9_]*$' -- $words[2]; or continue
        if contains -- $words[2] $__parity_guarded; and not contains -- $words[2] (string split ' ' -- "$PARITY_ALLOW")
            test $words[1] = unset; or set -a kept $words[2]
            continue
        end
        if test -n "$title" -a $words[2] = CONDA_DEFAULT_ENV
            set words[3] (string replace -a \\ \\\\ -- $title)
            __parity_set set CONDA_PROMPT_MODIFIER "($title) " ''
        else if test -n "$title" -a "$words[1] $words[2]" = "set VIRTUAL_ENV"
            __parity_set set VIRTUAL_ENV_PROMPT $title ''
        end
        __parity_set $words[1] $words[2] (__parity_decode "$words[3]" | string collect -N --allow-empty) "$words[3]"
        test $words[1] = unset; or set -a shown $words[2]
    end <$argv[2]/.parity/activation
    set -gx PARITY_PROJECT $argv[1]
    set -gx PARITY_ACTIVE $address
    set -gx PARITY_UNDO (string join \n -- $undo '' | string collect --no-trim-newlines)
    if test -z "$PARITY_HOOK_QUIET" -a "$argv[1]" != "$__parity_again"; and not status is-command-substitution
        test -n "$title"; or set title (string replace -- "$HOME/" '~/' $argv[1])
        printf 'parity: %s sets %s\n' "$title" "$shown" >&2
        test -z "$kept"; or printf 'parity: not set, PARITY_ALLOW would: %s\n' "$kept" >&2
    end
end

function __parity_leave
    for line in (string split \n -- $PARITY_UNDO)
        set -l words (string split \t -- $line)
        string match -qr '^[A-Za-z_][A-Za-z0-9_]*$' -- "$words[2]"; or continue
        set -l value (__parity_decode "$words[3]" | string collect -N --allow-empty)
        switch $words[1]
            case unset
                set -eg $words[2]
            case set
                set -gx $words[2] $value
            case own
                set -eg $words[2]
                set -gu $words[2] $value
            case drop
                set -l name $words[2]
                set -l current (string split -m 1 -- ":$value:" ":$$name:")
                set -l joined (string join : -- $current)
                set -gx $name (string sub -s 2 -e -1 -- $joined)
        end
    end
    set -eg PARITY_PROJECT
    set -eg PARITY_ACTIVE
    set -eg PARITY_UNDO
end

# Print what the working directory is in, the folder and its link in the store, or nothing.
function __parity_find
    set -l folder (string trim -r -c / -- $PWD)
    if test -n "$PARITY_CHOSEN"
        set folder $PARITY_CHOSEN
    else if test -n "$PARITY_PYTHON$PYENV_VERSION"
        return 0
    end
    while true
        if test -e "$folder/.venv/.parity/complete"
            set -l link $__parity_store/projects/v1(path resolve -- "$folder/")/@place@
            if test (path resolve -- "$folder/.venv") = (path resolve -- $link)
                test -n "$folder"; and echo $folder; or echo /
                echo $link
                return 0
            end
        end
        if test -z "$folder" -o -n "$PARITY_CHOSEN" -o -f "$folder/.python-version"
            return 0
        end
        set folder (string replace -r '/[^/]*$' '' -- $folder)
    end
end

function __parity_switch
    set -l found (__parity_find)
    if test "$found[1]" = "$PARITY_PROJECT"
        if test -z "$PARITY_PROJECT"; or test (path resolve -- $found[2]) = "$PARITY_ACTIVE"
            return 0
        end
    end
    test -n "$PARITY_PROJECT"; and __parity_leave
    test -n "$found[1]"; and __parity_enter $found
    return 0
end

function __parity_prompt --on-event fish_prompt --on-variable PWD
    if test "$__parity_seen" != "$PWD:$PARITY_PYTHON:$PYENV_VERSION:$PARITY_CHOSEN"
        set -g __parity_seen "$PWD:$PARITY_PYTHON:$PYENV_VERSION:$PARITY_CHOSEN"
        __parity_switch
    end
end

function parity
    set -l code 0
    set -l wish "$argv[1] $argv[2]"
    if string match -qr -- '^(-h|--help|--json)$' $argv # what is answered is for the user
        set wish ''
    end
    switch $wish
        case 'activate *' 'deactivate *' 'pyenv activate' 'pyenv deactivate' 'pyenv rehash' 'pyenv shell'
            set -l text (PARITY_SHELL=fish __parity_command $argv | string collect)
            set code $pipestatus[1]
            test $code -eq 0; and eval $text
        case '*'
            __parity_command $argv
            set code $status
    end
    set -g __parity_seen ''
    __parity_prompt
    return $code
end

function __parity_complete
    complete -c parity -e
    __parity_command hook fish --completions | source
end
complete -c parity -f -a '(__parity_complete; complete -C (commandline -cp))'

# A shell inside of another: what its start-up files did to PATH comes before what the project sets.
if test -n "$PARITY_PROJECT"
    set -g __parity_again $PARITY_PROJECT
    __parity_leave
end
__parity_switch
set -g __parity_again ''
