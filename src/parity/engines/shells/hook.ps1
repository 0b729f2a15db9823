# parity's shell integration: `parity hook powershell | Out-String | Invoke-Expression`.
$global:ParityStore = @store@
$global:ParityGuarded = '@guarded@'.Split(' ')
$global:ParitySeen = ''

if (-not ($Env:PATH.Split(':') -ccontains "$ParityStore/shims")) { $Env:PATH = "$ParityStore/shims:$Env:PATH" }

function global:__parity_decode([string]$Text) {
    ($Text -split '\\\\' | ForEach-Object { $_.Replace('\t', "`t").Replace('\n', "`n") }) -join '\'
}

function global:__parity_encode([string]$Text) { $Text.Replace('\', '\\').Replace("`t", '\t').Replace("`n", '\n') }

function global:__parity_title([string]$Root) {
    if ($Root.StartsWith("$ParityStore/named/v1/")) { return $Root.Substring($Root.LastIndexOf('/') + 1) }
    if (-not $Root.StartsWith("$ParityStore/prefixes/v1/")) { return }
    foreach ($line in [IO.File]::ReadAllLines("$Root/sources")) {
        $kind, $value = $line.Split("`t")
        if ($kind -ceq 'prefix') { return __parity_decode "$value" }
    }
}

# The rows that set more, or something else, in an environment that has a name.
function global:__parity_called([string]$Line, [string]$Title) {
    $name = $Line.Split("`t")[1]
    $text = __parity_encode $Title
    if ($Title -and $name -ceq 'CONDA_DEFAULT_ENV') {
        "set`t$name`t$text"
        "set`tCONDA_PROMPT_MODIFIER`t($text) "
        return
    }
    $Line
    if ($Title -and $Line.StartsWith("set`tVIRTUAL_ENV`t")) { "set`tVIRTUAL_ENV_PROMPT`t$text" }
}

function global:__parity_enter([string]$Root, [string]$Link) {
    $undo = ''
    $title = __parity_title $Root
    $lines = foreach ($line in [IO.File]::ReadAllLines("$Link/.parity/activation")) { __parity_called $line "$title" }
    foreach ($line in $lines) {
        $action, $name, $raw = $line.Split("`t")
        if ($ParityGuarded -ccontains $name -and -not ("$Env:PARITY_ALLOW".Split(' ') -ccontains $name)) { continue }
        $old = [Environment]::GetEnvironmentVariable($name)
        $value = __parity_decode "$raw"
        if ($action -ceq 'prepend' -and $old) {
            $undo = "drop`t$name`t$raw`n$undo"
            $value = "${value}:$old"
        } elseif ($null -eq $old) {
            $undo = "unset`t$name`n$undo"
        } else {
            $undo = "set`t$name`t$(__parity_encode $old)`n$undo"
        }
        if ($action -ceq 'unset') { $value = $null }
        [Environment]::SetEnvironmentVariable($name, $value)
    }
    $Env:PARITY_PROJECT = $Root
    $Env:PARITY_ACTIVE = [IO.File]::ReadAllText("$Link/.parity/address").TrimEnd("`n")
    $Env:PARITY_UNDO = $undo
}

function global:__parity_leave {
    foreach ($line in "$Env:PARITY_UNDO".Split("`n", [StringSplitOptions]::RemoveEmptyEntries)) {
        $action, $name, $raw = $line.Split("`t")
        $value = __parity_decode "$raw"
        if ($action -ceq 'unset') { $value = $null }
        if ($action -ceq 'drop') {
            $current = ":$([Environment]::GetEnvironmentVariable($name)):"
            $at = $current.IndexOf(":${value}:")
            if ($at -ge 0) { $current = $current.Remove($at, $value.Length + 1) }
            $value = $current.Substring(1, $current.Length - 2)
        }
        [Environment]::SetEnvironmentVariable($name, $value)
    }
    $Env:PARITY_PROJECT = $Env:PARITY_ACTIVE = $Env:PARITY_UNDO = $null
}

function global:__parity_place {
    $folder = (Get-Location).ProviderPath.TrimEnd('/')
    if ($Env:PARITY_CHOSEN) { $folder = $Env:PARITY_CHOSEN } elseif ($Env:PARITY_PYTHON -or $Env:PYENV_VERSION) { return }
    while ($true) {
        $link = "$ParityStore/projects/v1$folder/@place@"
        if ((Test-Path "$folder/.venv/.parity/complete") -and (Test-Path $link)) {
            if ((Get-Item "$folder/.venv").Target -ceq (Get-Item -Force $link).Target) { return $folder, $link }
        }
        if (-not $folder -or $Env:PARITY_CHOSEN -or (Test-Path "$folder/.python-version")) { return }
        $folder = $folder.Substring(0, $folder.LastIndexOf('/'))
    }
}

function global:__parity_switch {
    $root, $link = __parity_place
    if ("$root" -ceq "$Env:PARITY_PROJECT" -and (-not $root -or (Get-Item -Force $link).Target -ceq $Env:PARITY_ACTIVE)) {
        return
    }
    if ($Env:PARITY_PROJECT) { __parity_leave }
    if ($root) { __parity_enter $root $link }
}

function global:parity {
    if ($args[0] -ceq 'activate') {
        $Env:PARITY_SHELL = 'powershell'
        $root = & @parity@ @args
        $Env:PARITY_SHELL = $null
        if ($LASTEXITCODE -eq 0) { $Env:PARITY_CHOSEN = $root }
    } elseif ($args[0] -ceq 'deactivate') {
        $Env:PARITY_CHOSEN = $null
    } else {
        & @parity@ @args
    }
    $global:ParitySeen = ''
}

if (-not $global:ParityPrompt) {
    $global:ParityPrompt = $function:prompt
    function global:prompt {
        $here = "$((Get-Location).ProviderPath):$Env:PARITY_PYTHON:$Env:PYENV_VERSION:$Env:PARITY_CHOSEN"
        if ($here -cne $ParitySeen) { $global:ParitySeen = $here; __parity_switch }
        & $ParityPrompt
    }
}
__parity_switch
