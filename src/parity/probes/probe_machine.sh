# Say what the machine that runs this is, where it has no Python: the profile that `parity check --on` reads, with fewer
# facts. Any POSIX shell runs it, also over a pipe (`ssh server sh -s < probe_machine.sh`). It writes nothing and asks no
# network; nothing in the answer names a person or the host.

set -u
LC_ALL=C
export LC_ALL

# A JSON string, or null for nothing.
string() {
    if [ -z "${1:-}" ]; then
        printf null
    else
        printf '"%s"' "$(printf %s "$1" | tr -d '\000-\037' | sed 's/[\\"]/\\&/g')"
    fi
}

# A JSON number, or null for what is none.
number() {
    case ${1:-} in
        '' | *[!0-9]*) printf null ;;
        *) printf %s "$1" ;;
    esac
}

# A size in bytes of one in MiB; where memory is the processor's too, a GPU is said to have `[N/A]`.
mebibytes() {
    case ${1:-} in
        '' | *[!0-9]*) printf null ;;
        *) printf %s "$(($1 * 1048576))" ;;
    esac
}

# A path below the home folder without the name of the person.
reduced() {
    case $1/ in
        "${HOME:-/nowhere}"/*) string "~${1#"$HOME"}" ;;
        *) string "$1" ;;
    esac
}

there() { command -v "$1" >/dev/null 2>&1; }

release() { [ -r /etc/os-release ] && sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" /etc/os-release; }

platform() {
    case $(uname -s) in Linux) os=linux ;; Darwin) os=osx ;; *) os=$(uname -s | tr '[:upper:]' '[:lower:]') ;; esac
    case $(uname -m) in
        x86_64 | amd64) printf '%s-64' "$os" ;;
        arm64 | aarch64) [ "$os" = osx ] && printf osx-arm64 || printf '%s-aarch64' "$os" ;;
        *) printf '%s-%s' "$os" "$(uname -m)" ;;
    esac
}

container() {
    if [ -e /.dockerenv ]; then
        echo docker
    elif [ -e /run/.containerenv ]; then
        echo podman
    elif [ -n "${KUBERNETES_SERVICE_HOST:-}" ]; then
        echo kubernetes
    else
        echo "${container:-}"
    fi
}

# Who makes the machine, where it is a virtual one.
virtual_machine() {
    case " $(flags) " in *' hypervisor '*) ;; *) return ;; esac
    for file in /sys/class/dmi/id/sys_vendor /sys/hypervisor/type; do
        [ -r "$file" ] && maker=$(sed 's/^[[:space:]]*//; s/[[:space:]]*$//' "$file") && [ -n "$maker" ] && break
        maker=
    done
    echo "${maker:-yes}"
}

flags() { sed -n -E 's/^(flags|Features)[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1; }

# Whether the processor has each of some features.
has() {
    for feature; do
        case " $features " in *" $feature "*) ;; *) return 1 ;; esac
    done
}

# The levels of the x86-64 psABI, in the kernel's words.
level() {
    case $(uname -m) in x86_64 | amd64) ;; *) return ;; esac
    if ! has cx16 popcnt sse4_1 sse4_2 ssse3; then
        echo x86_64
    elif ! has avx avx2 bmi1 bmi2 f16c fma abm movbe xsave; then
        echo x86_64-v2
    elif ! has avx512f avx512bw avx512cd avx512dq avx512vl; then
        echo x86_64-v3
    else
        echo x86_64-v4
    fi
}

libc() {
    version=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p')
    if [ -n "$version" ]; then
        printf '{"name": "glibc", "version": %s}' "$(string "$version")"
        return
    fi
    for loader in /lib/ld-musl-*.so.1; do
        if [ -e "$loader" ]; then
            # called without a program it tells its version, and fails
            version=$("$loader" 2>&1 | sed -n 's/^Version \([0-9]*\.[0-9]*\).*/\1/p')
            printf '{"name": "musl", "version": %s}' "$(string "${version:-1.1}")"
            return
        fi
    done
    printf null
}

# The newest of some versions of symbols that a library has.
newest() {
    tr -c 'A-Za-z0-9_.' '\n' <"$2" | sed -n -E "s/^$1_([0-9]+(\.[0-9]+)+)\$/\1/p" |
        sort -t . -k 1,1n -k 2,2n -k 3,3n -k 4,4n | tail -n 1
}

cxx_runtime() {
    for library in /usr/lib/*-linux-gnu*/libstdc++.so.6 /usr/lib64/libstdc++.so.6 /usr/lib/libstdc++.so.6 \
        /lib64/libstdc++.so.6 /lib/libstdc++.so.6; do
        if [ -r "$library" ]; then
            printf '{"glibcxx": %s, "cxxabi": %s}' \
                "$(string "$(newest GLIBCXX "$library")")" "$(string "$(newest CXXABI "$library")")"
            return
        fi
    done
    printf null
}

rocm() {
    if [ ! -e /dev/kfd ]; then
        printf null
        return
    fi
    version=
    [ -r /opt/rocm/.info/version ] && version=$(cat /opt/rocm/.info/version)
    gpus=$(cat /sys/class/kfd/kfd/topology/nodes/*/properties 2>/dev/null | awk '
        $1 == "gfx_target_version" && $2 > 0 {
            printf "%s\"gfx%d%x%x\"", (n++ ? ", " : ""), int($2 / 10000), int($2 / 100) % 100, $2 % 100
        }')
    printf '{"version": %s, "gpus": [%s]}' "$(string "$version")" "$gpus"
}

# A soft limit of this process, by the name that the kernel has for it.
soft() { number "$(sed -n "s/^Max $1  *\([0-9]*\) .*/\1/p" /proc/self/limits 2>/dev/null)"; }

driver() { [ -r /sys/module/nvidia/version ] && cat /sys/module/nvidia/version; }

nvidia() {
    if ! there nvidia-smi || ! asked=$(nvidia-smi 2>/dev/null); then
        [ -n "$(driver)" ] && printf '{"driver": %s, "cuda": null, "gpus": []}' "$(string "$(driver)")" || printf null
        return
    fi
    cuda=$(printf '%s\n' "$asked" | sed -n 's/.*CUDA Version: \([0-9.]*\).*/\1/p' | head -n 1)
    printf '{"driver": %s, "cuda": %s, "gpus": ' "$(string "$(driver)")" "$(string "$cuda")"
    # older ones do not know compute capabilities, and say so among the answers: then nobody knows
    if ! listed=$(nvidia-smi --query-gpu=name,compute_cap,memory.total --format=csv,noheader,nounits 2>/dev/null); then
        printf 'null}'
        return
    fi
    printf '['
    [ -z "$listed" ] || printf '%s\n' "$listed" | {
        comma=
        while IFS=, read -r name capability size; do
            printf '%s{"name": %s, "capability": %s, "memory": %s}' "$comma" "$(string "$name")" \
                "$(string "${capability# }")" "$(mebibytes "${size# }")"
            comma=', '
        done
    }
    printf ']}'
}

# The nearest folder that exists, of a path.
nearest() {
    path=$1
    while [ ! -d "$path" ] && [ "$path" != / ]; do path=$(dirname "$path"); done
    printf %s "$path"
}

folder() {
    place=$(nearest "$1")
    free=$(df -Pk "$place" 2>/dev/null | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')
    inodes=$(df -Pi "$place" 2>/dev/null | awk 'NR == 2 { print $4 }')
    # of the mounts that hold the place, the last with the longest name
    mount=$(awk -v place="$place/" '{
        point = $2; if (point != "/") point = point "/"
        if (index(place, point) == 1 && length(point) >= best) { best = length(point); said = $3 " " $4 }
    } END { print said }' /proc/self/mounts 2>/dev/null)
    kind=${mount%% *}
    noexec=false read_only=false writable=false reflink=false hard_link=true
    case ",${mount#* }," in *,noexec,*) noexec=true ;; esac
    case ",${mount#* }," in *,ro,*) read_only=true ;; esac
    case $kind in apfs | bcachefs | btrfs | ocfs2 | xfs) reflink=true ;; esac
    case $kind in 9p | exfat | msdos | vboxsf | vfat) hard_link=false ;; esac
    if [ -z "$kind" ]; then reflink=null hard_link=null; fi
    if [ -w "$place" ] && [ -x "$place" ]; then writable=true; fi
    printf '{"path": %s, "file_system": %s, "free_bytes": %s, "free_inodes": %s, "reflink": %s, "hard_link": %s, ' \
        "$(reduced "$1")" "$(string "$kind")" "$(number "$free")" "$(number "$inodes")" "$reflink" "$hard_link"
    printf '"noexec": %s, "read_only": %s, "writable": %s, "path_bytes": %s}' \
        "$noexec" "$read_only" "$writable" "${#1}"
}

bytes_of() { number "$(awk -v name="$1:" '$1 == name { printf "%.0f", $2 * 1024 }' /proc/meminfo 2>/dev/null)"; }

# What a control group lets this have, in bytes.
limit() {
    for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
        # version 1 writes a number next to 2**63 where there is no limit
        [ -r "$file" ] && number "$(awk 'length($1) < 19' "$file")" && return
    done
    printf null
}

compilers() {
    comma=
    for name in cc gcc g++ clang gfortran rustc nvcc cmake; do
        there "$name" || continue
        version=$("$name" --version 2>/dev/null | sed -n -E 's/^[^0-9]*([0-9]+\.[0-9]+(\.[0-9]+)*).*/\1/p' | head -n 1)
        printf '%s{"name": "%s", "version": %s}' "$comma" "$name" "$(string "$version")"
        comma=', '
    done
}

managers() {
    comma=
    for name in apptainer conda docker mamba micromamba mise nix pixi poetry pyenv uv; do
        if there "$name" || { [ "$name" = pyenv ] && [ -d "${PYENV_ROOT:-${HOME:-/nowhere}/.pyenv}" ]; }; then
            printf '%s"%s"' "$comma" "$name"
            comma=', '
        fi
    done
}

# The whole path that a variable names, or nothing; a shell leaves `~` as it is between quotes.
named() {
    case $1 in
        '' | /*) printf %s "$1" ;;
        '~') printf %s "$home" ;;
        '~/'*) printf %s "$home${1#'~'}" ;;
        *) printf %s "$PWD/$1" ;;
    esac
}

# A base folder of the XDG specification, which ignores a path that is not absolute.
base() { case $1 in /*) printf %s "$1" ;; *) printf %s "$2" ;; esac; }

proxy() { if [ -n "$1" ]; then printf true; else printf false; fi; }

features=$(flags)
home=${HOME:-/}
home=${home%/}
data=$(base "${XDG_DATA_HOME:-}" "$home/.local/share")
caches=$(base "${XDG_CACHE_HOME:-}" "$home/.cache")
store=$(named "${PARITY_HOME:-}")
cache=$(named "${PARITY_CACHE_DIR:-}")
cache=${cache:-${store:+$store/cache}}
cache=${cache:-$caches/parity}
store=${store:-$data/parity}
temporary=$(named "${TMPDIR:-/tmp}")
distribution=null
if [ -r /etc/os-release ]; then
    distribution=$(printf '{"id": %s, "version_id": %s, "pretty_name": %s}' \
        "$(string "$(release ID)")" "$(string "$(release VERSION_ID)")" "$(string "$(release PRETTY_NAME)")")
fi
metal=false
[ -e /System/Library/Frameworks/Metal.framework ] && metal=true
listed=
for feature in amx_tile asimd avx avx2 avx512_bf16 avx512f f16c fma sse4_2 sve; do
    has "$feature" && listed="$listed${listed:+, }\"$feature\""
done

cat <<END
{
  "schema": "parity-profile/1",
  "probe": {"language": "sh", "version": null},
  "system": {
    "platform": "$(platform)", "machine": $(string "$(uname -m)"), "kernel": $(string "$(uname -r)"),
    "distribution": $distribution, "macos": $(string "$(sw_vers -productVersion 2>/dev/null)"),
    "container": $(string "$(container)"), "virtual_machine": $(string "$(virtual_machine)"), "host": null
  },
  "cpu": {
    "level": $(string "$(level)"), "model": $(string "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)"),
    "count": $(number "$(getconf _NPROCESSORS_ONLN 2>/dev/null)"), "features": [$listed]
  },
  "libc": $(libc),
  "cxx_runtime": $(cxx_runtime),
  "nvidia": $(nvidia),
  "rocm": $(rocm),
  "metal": $metal,
  "memory": {"total": $(bytes_of MemTotal), "available": $(bytes_of MemAvailable), "limit": $(limit)},
  "folders": {
    "home": $(folder "$store"),
    "cache": $(folder "$cache"),
    "temporary": $(folder "$temporary")
  },
  "limits": {
    "open_files": $(number "$(ulimit -n 2>/dev/null)"), "processes": $(soft processes),
    "file_size": $(soft 'file size'), "address_space": $(soft 'address space')
  },
  "language": {"encoding": null, "name": $(string "${LANG:-}"), "time_zone": $(string "$(date +%z | sed 's/..$/:&/')")},
  "proxies": {
    "http_proxy": $(proxy "${http_proxy:-${HTTP_PROXY:-}}"), "https_proxy": $(proxy "${https_proxy:-${HTTPS_PROXY:-}}"),
    "all_proxy": $(proxy "${all_proxy:-${ALL_PROXY:-}}"), "no_proxy": $(proxy "${no_proxy:-${NO_PROXY:-}}")
  },
  "compilers": [$(compilers)],
  "interpreters": [],
  "managers": [$(managers)]
}
END
