"""Say what the machine that runs this is: one JSON object, the profile that `parity check --on` reads.

Run by any Python from 3.6 on, also over a pipe (`ssh server python3 - < probe_machine.py`). It writes nothing and
asks no network. Nothing in the answer names a person: of proxies only their presence is told, of paths below the home
folder only `~`, and the host's name only with `--host-name`.
"""

import ctypes
import glob
import json
import locale
import mmap
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time

SCHEMA = "parity-profile/1"
PATIENCE = 0.6  # seconds for programs that are asked, together, for their versions
PROGRAMS = 16  # interpreters that are asked at most
HOME = os.path.expanduser("~")
MACHINES = {"x86_64": "64", "amd64": "64", "aarch64": "aarch64", "arm64": "arm64", "ppc64le": "ppc64le"}
# The levels of the x86-64 psABI, each with what it adds to the one before, in the kernel's words.
LEVELS = (
    ("x86_64-v2", {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"}),
    ("x86_64-v3", {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"}),
    ("x86_64-v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
)
COMPILERS = ("cc", "gcc", "g++", "clang", "gfortran", "rustc", "nvcc", "cmake")
TOLD = {"avx", "avx2", "avx512f", "avx512_bf16", "amx_tile", "fma", "f16c", "sse4_2", "asimd", "sve"}


def read(path, default=""):
    """Return a small file's text, or `default` where there is none that may be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return default


def first(pattern, text):
    """Return what the first group of a pattern matches, or None."""
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1) if found else None


def said_by(*command):
    """Return what a program prints, or nothing where there is none, it fails or it takes too long."""
    return said_by_each([command])[0]


def said_by_each(commands):
    """Return what each of some programs prints; they run side by side, and those that are late are ended."""
    started = [start(command) for command in commands]
    deadline = time.time() + PATIENCE
    return [answer(process, deadline) for process in started]


def start(command):
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        return None


def answer(process, deadline):
    if process is None:
        return ""
    try:
        output = process.communicate(timeout=max(0.01, deadline - time.time()))[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return ""
    return output.decode("utf-8", "replace") if process.returncode == 0 else ""


def reduced(path):
    """Return a path without the name of the person whose home it is in."""
    return "~" + path[len(HOME) :] if HOME != "/" and (path + "/").startswith(HOME + "/") else path


def system():
    release = dict(re.findall(r'^([A-Z_]+)="?(.*?)"?$', read("/etc/os-release"), re.MULTILINE))
    distribution = {key: release.get(key.upper()) for key in ("id", "version_id", "pretty_name")}
    name = {"linux": "linux", "darwin": "osx", "win32": "win"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    return {
        "platform": "%s-%s" % (name, MACHINES.get(machine, machine)),
        "machine": machine,
        "kernel": platform.release(),
        "distribution": distribution if release else None,
        "macos": (platform.mac_ver()[0] or None) if sys.platform == "darwin" else None,
        "container": container(),
        "virtual_machine": virtual_machine(),
        "host": platform.node() if "--host-name" in sys.argv[1:] else None,
    }


def container():
    """Return what kind of container this is in, or None."""
    if os.path.exists("/.dockerenv"):
        return "docker"
    if os.path.exists("/run/.containerenv"):
        return "podman"
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return "kubernetes"
    # systemd and its kin set this one, in small letters
    return os.environ.get("container") or first(r"(docker|lxc|kubepods|containerd)", read("/proc/1/cgroup"))


def virtual_machine():
    """Return who makes the machine, where it is a virtual one, or None."""
    maker = (read("/sys/class/dmi/id/sys_vendor") or read("/sys/hypervisor/type")).strip()
    return (maker or "yes") if re.search(r"^flags\s*:.*\bhypervisor\b", read("/proc/cpuinfo"), re.MULTILINE) else None


def cpu():
    text = read("/proc/cpuinfo")
    features = set((first(r"^(?:flags|Features)\s*: (.*)$", text) or "").split())
    level = {"x86_64": "x86_64", "amd64": "x86_64"}.get(platform.machine().lower())
    for name, added in LEVELS if level else ():
        # the kernel calls lzcnt abm on AMD's word, and hides lahf from some guests
        if not added - {"lahf_lm"} <= features:
            break
        level = name
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "level": level,
        "model": first(r"^model name\s*: (.*)$", text) or said_by("sysctl", "-n", "machdep.cpu.brand_string").strip(),
        "count": count,
        "features": sorted(features & TOLD),
    }


def libc():
    if not sys.platform.startswith("linux"):
        return None
    try:
        words = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
    except (ValueError, OSError):
        words = []
    if words[:1] == ["glibc"]:
        return {"name": "glibc", "version": words[1]}
    for loader in sorted(glob.glob("/lib/ld-musl-*.so.1")):
        with open(loader, "rb") as file:
            found = re.search(rb"\0(1\.\d+)\.\d+\0", file.read())
        return {"name": "musl", "version": found.group(1).decode() if found else "1.1"}
    return None


def cxx_runtime():
    """Return the newest symbol versions of the system's C++ library, read out of the file."""
    patterns = ("/usr/lib/*-linux-gnu*", "/usr/lib64", "/usr/lib", "/lib64", "/lib")
    for path in (each for pattern in patterns for each in sorted(glob.glob(pattern + "/libstdc++.so.6"))):
        try:
            with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                names = set(re.findall(rb"\0(GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)(?=\0)", data))
        except (OSError, ValueError):
            continue
        return {
            "glibcxx": newest(version for name, version in names if name == b"GLIBCXX"),
            "cxxabi": newest(version for name, version in names if name == b"CXXABI"),
        }
    return None


def newest(versions):
    numbers = [tuple(int(part) for part in version.decode().split(".")) for version in versions]
    return ".".join(str(part) for part in max(numbers)) if numbers else None


def nvidia():
    """Return the driver, the CUDA it can run and the GPUs it drives, asked of the driver's own library."""
    version = first(r"Kernel Module.*?\s(\d+\.\d+(?:\.\d+)?)\s", read("/proc/driver/nvidia/version"))
    version = version or read("/sys/module/nvidia/version").strip() or None
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return {"driver": version, "cuda": None, "gpus": []} if version else None
    number = ctypes.c_int(0)
    if driver.cuDriverGetVersion(ctypes.byref(number)) != 0:
        return {"driver": version, "cuda": None, "gpus": []}
    cuda = "%d.%d" % (number.value // 1000, number.value % 1000 // 10)
    return {"driver": version, "cuda": cuda, "gpus": gpus(driver)}


def gpus(driver):
    """Return each GPU's name, compute capability and memory in bytes; none where the driver will not begin."""
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return []
    told = []
    for ordinal in range(count.value):
        device, name, size = ctypes.c_int(0), ctypes.create_string_buffer(256), ctypes.c_size_t(0)
        driver.cuDeviceGet(ctypes.byref(device), ordinal)
        driver.cuDeviceGetName(name, len(name), device)
        driver.cuDeviceTotalMem_v2(ctypes.byref(size), device)
        capability = []
        for attribute in (75, 76):  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
            value = ctypes.c_int(0)
            driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
            capability.append(str(value.value))
        told.append({"name": name.value.decode(), "capability": ".".join(capability), "memory": size.value})
    return told


def rocm():
    if not os.path.exists("/dev/kfd"):
        return None
    targets = []
    for node in sorted(glob.glob("/sys/class/kfd/kfd/topology/nodes/*/properties")):
        number = first(r"^gfx_target_version (\d+)$", read(node)) or "0"
        if int(number):
            targets.append("gfx%d%x%x" % (int(number) // 10000, int(number) // 100 % 100, int(number) % 100))
    return {"version": read("/opt/rocm/.info/version").strip() or None, "gpus": targets}


def metal():
    return sys.platform == "darwin" and os.path.exists("/System/Library/Frameworks/Metal.framework")


def memory():
    """Return bytes: what there is, what is free, and what a control group lets this have."""
    text = read("/proc/meminfo")
    sizes = {name: first(r"^%s:\s+(\d+) kB" % name, text) for name in ("MemTotal", "MemAvailable")}
    limits = [
        read(path).strip() for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    ]
    limit = min([int(each) for each in limits if each.isdigit() and int(each) < 1 << 60] or [0])
    total = int(sizes["MemTotal"] or 0) * 1024 or int(said_by("sysctl", "-n", "hw.memsize").strip() or 0)
    return {"total": total or None, "available": int(sizes["MemAvailable"] or 0) * 1024 or None, "limit": limit or None}


def mounts():
    """Return (mount point, type, options), those first whose names are longest."""
    rows = [line.split() for line in read("/proc/self/mounts").splitlines()]
    points = [(point.replace("\\040", " "), kind, said.split(",")) for _, point, kind, said, *_ in rows]
    return sorted(points, key=lambda point: -len(point[0]))


def folder(path, points):
    """Return what the file system below a folder offers, looked up at the nearest folder that exists."""
    wanted = path
    while not os.path.isdir(path) and path != "/":
        path = os.path.dirname(path)
    real = os.path.realpath(path)
    kind, options = None, []
    for point, name, said in points:
        if point == "/" or (real + "/").startswith(point.rstrip("/") + "/"):
            kind, options = name, said
            break
    space = os.statvfs(path)
    return {
        "path": reduced(wanted),
        "file_system": kind,
        "free_bytes": space.f_bavail * space.f_frsize,
        "free_inodes": space.f_favail if space.f_files else None,  # btrfs and others have no fixed number
        "reflink": None if kind is None else kind in ("apfs", "bcachefs", "btrfs", "ocfs2", "xfs"),
        "hard_link": None if kind is None else kind not in ("9p", "exfat", "msdos", "vboxsf", "vfat"),
        "noexec": bool(space.f_flag & getattr(os, "ST_NOEXEC", 0)) or "noexec" in options,
        "read_only": bool(space.f_flag & getattr(os, "ST_RDONLY", 0)),
        "writable": os.access(path, os.W_OK | os.X_OK),
        "path_bytes": len(os.fsencode(wanted)),
    }


def named(variable):
    """Return the whole path that a variable names, or nothing; a shell leaves `~` as it is between quotes."""
    path = os.environ.get(variable, "")
    return os.path.abspath(HOME + path[1:] if path == "~" or path.startswith("~/") else path) if path else ""


def base(variable, default):
    """Return a base folder of the XDG specification, which ignores a path that is not absolute."""
    path = os.environ.get(variable, "")
    return path if os.path.isabs(path) else HOME + default


def folders():
    """Return the folders that parity would use here, by its own and the platform's variables."""
    points = mounts()
    mac = sys.platform == "darwin"
    data = HOME + "/Library/Application Support" if mac else base("XDG_DATA_HOME", "/.local/share")
    caches = HOME + "/Library/Caches" if mac else base("XDG_CACHE_HOME", "/.cache")
    chosen = named("PARITY_HOME")
    home = chosen or data + "/parity"
    cache = named("PARITY_CACHE_DIR") or (chosen + "/cache" if chosen else caches + "/parity")
    temporary = named("TMPDIR") or "/tmp"  # noqa: S108 - looked at, not written to
    return {"home": folder(home, points), "cache": folder(cache, points), "temporary": folder(temporary, points)}


def limits():
    """Return soft limits of this process, None where there is none."""
    told = {}
    names = (("open_files", "NOFILE"), ("processes", "NPROC"), ("file_size", "FSIZE"), ("address_space", "AS"))
    for name, constant in names:
        soft = resource.getrlimit(getattr(resource, "RLIMIT_" + constant))[0]
        told[name] = None if soft == resource.RLIM_INFINITY else soft
    return told


def language():
    return {
        "encoding": locale.getpreferredencoding(False).lower(),
        "name": os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG"),
        "time_zone": "%+03d:%02d" % (-time.timezone // 3600, abs(time.timezone) % 3600 // 60),
    }


def programs():
    """Return the compilers and the interpreters that are here; all are asked at once, and share one time to answer.

    With `--unasked` no program is started: compilers have no version, and interpreters are not looked for.
    """
    names = [name for name in COMPILERS if shutil.which(name)]
    if "--unasked" in sys.argv[1:]:
        return {"compilers": [{"name": name, "version": None} for name in names], "interpreters": []}
    paths = interpreters()
    asked = "import platform; print(platform.python_implementation(), platform.python_version())"
    said = said_by_each([(name, "--version") for name in names] + [(path, "-ISc", asked) for path in paths])
    compilers = [
        {"name": name, "version": first(r"(\d+\.\d+(?:\.\d+)*)", text)}
        for name, text in zip(names, said)  # noqa: B905 - Python 3.6
    ]
    pythons = [
        {"path": reduced(path), "implementation": text.split()[0].lower(), "version": text.split()[1]}
        for path, text in zip(paths, said[len(names) :])  # noqa: B905 - Python 3.6
        if text.strip()
    ]
    return {"compilers": compilers, "interpreters": pythons}


def interpreters():
    """Return the paths of the Pythons that PATH and version managers' folders have, each real file once."""
    places = [os.path.join(each, "python3*") for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    root = os.environ.get("PYENV_ROOT") or HOME + "/.pyenv"
    places += [root + "/versions/*/bin/python3", HOME + "/.local/share/uv/python/*/bin/python3"]
    paths = [path for place in places for path in sorted(glob.glob(place)) if is_interpreter(path)]
    real = {}
    for path in reversed(paths):
        real[os.path.realpath(path)] = path
    return sorted(real.values(), key=paths.index)[:PROGRAMS]


def is_interpreter(path):
    """Tell programs from the scripts that stand for them: what pyenv calls a shim is none."""
    if not re.match(r"python3(\.\d+)?t?$", os.path.basename(path)) or not os.access(path, os.X_OK):
        return False
    try:
        with open(path, "rb") as file:
            return file.read(2) != b"#!"
    except OSError:
        return False


def managers():
    """Return which other managers of environments are here."""
    names = ("conda", "mamba", "micromamba", "pixi", "uv", "poetry", "mise", "nix", "pyenv", "apptainer", "docker")
    told = [name for name in names if shutil.which(name)]
    if "pyenv" not in told and os.path.isdir(os.environ.get("PYENV_ROOT") or HOME + "/.pyenv"):
        told.append("pyenv")
    return sorted(told)


def profile():
    """Return everything that is known of this machine. A fact that cannot be had is None."""
    proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    there = programs()
    return {
        "schema": SCHEMA,
        "probe": {"language": "python", "version": platform.python_version()},
        "system": system(),
        "cpu": cpu(),
        "libc": libc(),
        "cxx_runtime": cxx_runtime(),
        "nvidia": nvidia(),
        "rocm": rocm(),
        "metal": metal(),
        "memory": memory(),
        "folders": folders(),
        "limits": limits(),
        "language": language(),
        "proxies": {name: bool(os.environ.get(name) or os.environ.get(name.upper())) for name in proxies},
        "compilers": there["compilers"],
        "interpreters": there["interpreters"],
        "managers": managers(),
    }


if __name__ == "__main__":
    json.dump(profile(), sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")
