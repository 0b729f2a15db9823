# parity's shell integration: `parity hook nu | save -f parity.nu`, and `source parity.nu` in `config.nu`.
const parity_store = @store@
const parity_guarded = [@guarded@]

if ($"($parity_store)/shims" not-in $env.PATH) { $env.PATH = ($env.PATH | prepend $"($parity_store)/shims") }

def "parity decode" []: string -> string {
    split row '\\' | each {|part| $part | str replace --all '\t' "\t" | str replace --all '\n' "\n" } | str join '\'
}

def "parity encode" []: string -> string {
    str replace --all '\' '\\' | str replace --all "\t" '\t' | str replace --all "\n" '\n'
}

# What a variable is now, as programs see it; null where there is none.
def "parity now" [name: string] {
    let value = ($env | get --optional $name)
    if $value == null { null } else if ($value | describe | str starts-with "list") { $value | str join ":" } else {
        $value | into string
    }
}

# A record to load, for a variable's text: nushell has PATH as a list.
def "parity as" [name: string, value: string] {
    if $name == "PATH" { {PATH: ($value | split row ":")} } else { {$name: $value} }
}

# What the user calls a named environment, or its address; nothing for the folder of a project.
def "parity title" [root: string]: nothing -> string {
    if ($root | str starts-with $"($parity_store)/named/v1/") { return ($root | path basename) }
    if not ($root | str starts-with $"($parity_store)/prefixes/v1/") { return "" }
    let rows = (open --raw $"($root)/sources" | lines | split column "\t" kind value | where kind == prefix)
    $rows | get --optional 0.value | default "" | parity decode
}

# The rows that set more, or something else, in an environment that has a name.
def "parity called" [line: string, title: string] {
    let name = ($line | split row "\t" | get --optional 1)
    let text = ($title | parity encode)
    if ($title | is-empty) { return [$line] }
    if $name == "CONDA_DEFAULT_ENV" { return [$"set\t($name)\t($text)" $"set\tCONDA_PROMPT_MODIFIER\t\(($text)\) "] }
    if ($line | str starts-with "set\tVIRTUAL_ENV\t") { return [$line $"set\tVIRTUAL_ENV_PROMPT\t($text)"] }
    [$line]
}

def --env "parity enter" [root: string, link: string] {
    mut undo = []
    mut shown = []
    mut kept = []
    mut new = {}
    let address = (open --raw $"($link)/.parity/address" | str trim --right --char "\n")
    let title = (parity title $root)
    for line in (open --raw $"($link)/.parity/activation" | lines | each {|line| parity called $line $title } | flatten) {
        let words = ($line | split row "\t")
        let action = $words.0
        let name = $words.1
        let raw = ($words | get --optional 2 | default "")
        if $name in $parity_guarded and $name not-in ($env.PARITY_ALLOW? | default "" | split row " ") {
            if $action != "unset" { $kept = ($kept | append $name) }
            continue
        }
        let old = (if $name in $new { $new | get $name | str join ":" } else { parity now $name })
        if $action == "prepend" and ($old | default "" | is-not-empty) {
            $undo = ($undo | prepend $"drop\t($name)\t($raw)")
            $new = ($new | merge (parity as $name $"($raw | parity decode):($old)"))
        } else {
            let was = (if $old == null { $"unset\t($name)" } else { $"set\t($name)\t($old | parity encode)" })
            $undo = ($undo | prepend $was)
            if $action == "unset" { hide-env --ignore-errors $name } else { $new = ($new | merge (parity as $name ($raw | parity decode))) }
        }
        if $action != "unset" { $shown = ($shown | append $name) }
    }
    let rows = ($undo | each {|row| $"($row)\n" } | str join)
    load-env ($new | merge {PARITY_PROJECT: $root, PARITY_ACTIVE: $address, PARITY_UNDO: $rows})
    if ($env.PARITY_HOOK_QUIET? | is-empty) {
        let called = (if ($title | is-empty) { $root | str replace $"($env.HOME)/" "~/" } else { $title })
        print --stderr $"parity: ($called) sets ($shown | str join ' ')"
        if ($kept | is-not-empty) { print --stderr $"parity: not set, PARITY_ALLOW would: ($kept | str join ' ')" }
    }
}

def --env "parity leave" [] {
    mut old = {}
    let rows = ($env.PARITY_UNDO? | default "" | lines)
    hide-env --ignore-errors PARITY_PROJECT PARITY_ACTIVE PARITY_UNDO
    for line in $rows {
        let words = ($line | split row "\t")
        let name = $words.1
        let value = ($words | get --optional 2 | default "" | parity decode)
        if $words.0 == "unset" {
            hide-env --ignore-errors $name
        } else if $words.0 == "drop" {
            let current = $":(parity now $name | default ''):"
            let dropped = ($current | str replace --no-expand $":($value):" ":")
            $old = ($old | merge (parity as $name ($dropped | str substring 1..-2)))
        } else {
            $old = ($old | merge (parity as $name $value))
        }
    }
    load-env $old
}

# What the working directory is in: the folder and its link in the store, or nothing.
def "parity place" [] {
    mut folder = ($env.PWD | str trim --right --char "/")
    if ($env.PARITY_CHOSEN? | is-not-empty) {
        $folder = $env.PARITY_CHOSEN
    } else if ($"($env.PARITY_PYTHON? | default '')($env.PYENV_VERSION? | default '')" | is-not-empty) {
        return []
    }
    loop {
        if ($"($folder)/.venv/.parity/complete" | path exists) {
            let link = $"($parity_store)/projects/v1($'($folder)/' | path expand)/@place@"
            if ($link | path exists) and ($"($folder)/.venv" | path expand) == ($link | path expand) {
                return [(if ($folder | is-empty) { "/" } else { $folder }) $link]
            }
        }
        if ($folder | is-empty) or ($env.PARITY_CHOSEN? | is-not-empty) or ($"($folder)/.python-version" | path exists) {
            return []
        }
        $folder = ($folder | str replace --regex '/[^/]*$' '')
    }
}

def --env "parity switch" [] {
    let found = (parity place)
    let root = ($found | get --optional 0 | default "")
    let active = ($env.PARITY_PROJECT? | default "")
    if $root == $active {
        if ($root | is-empty) { return }
        if ($found.1 | path expand) == $env.PARITY_ACTIVE { return }
    }
    if ($active | is-not-empty) { parity leave }
    if ($root | is-not-empty) { parity enter $root $found.1 }
}

def --env --wrapped parity [...words: string] {
    let asks = ($words | any {|word| $word in ["-h" "--help" "--json"] }) # what is answered is for the user
    if ($words | get --optional 0) == "activate" and not $asks {
        $env.PARITY_CHOSEN = (with-env {PARITY_SHELL: nu} { ^@parity@ ...$words } | str trim --right --char "\n")
    } else if ($words | get --optional 0) == "deactivate" and not $asks {
        hide-env --ignore-errors PARITY_CHOSEN
    } else {
        ^@parity@ ...$words
    }
    parity switch
}

$env.config = (
    $env.config
    | upsert hooks.env_change.PWD {|config|
        $config | get --optional hooks.env_change.PWD | default [] | append {|_before, _after| parity switch }
    }
)
parity switch
