"""Kernels for Jupyter that follow the environment of a root: made, shown, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.errors import KernelForeign, KernelUnknown, PackageUnknown
from parity.core.kernels import LAUNCHER, Kernel, check_kernel_name, kernel_name
from parity.workflows.lock_text import lock_of
from parity.workflows.project import title_of
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from parity.engines.jupyter.kernels import Kernels
    from parity.engines.store.roots import Roots


def install_kernel(
    roots: Roots,
    root: Path,
    kernels: Kernels,
    *,
    name: str = "",
    display: str = "",
) -> tuple[Kernel, Path]:
    """Make a kernel that runs in whatever environment a root has when it starts; return it and its folder.

    Without a `name` it is called after the root. Raises LockfileMissing, PackageUnknown where nothing in the lock can
    answer Jupyter, KernelForeign, NameInvalid, OSError.
    """
    _refuse_silent(roots, root)
    title = title_of(roots, root) if roots.named.is_root(str(root)) else root.name
    called = check_kernel_name(name) if name else kernel_name(title.rsplit("/", 1)[-1])
    if kernels.is_foreign(called):
        hint = "choose another name with `--name`"
        raise KernelForeign(f"there is a kernel `{called}` that parity has not made, in `{kernels.folder}`", hint=hint)
    kernel = Kernel(name=called, display=display or f"{title} (parity)", root=str(root), options=_options(roots, root))
    return kernel, kernels.write(kernel)


def remove_kernel(kernels: Kernels, name: str) -> None:
    """Remove a kernel that parity has made. Raises KernelUnknown, OSError."""
    if name not in {kernel.name for kernel in kernels.all()}:
        hint = "`parity kernel list` shows those that parity has made"
        raise KernelUnknown(f"parity has made no kernel `{name}` in `{kernels.folder}`", hint=hint)
    kernels.remove(name)


def _refuse_silent(roots: Roots, root: Path) -> None:
    lock = lock_of(roots, root)
    if LAUNCHER not in {*(wheel.name for wheel in lock.wheels), *(package.name for package in lock.conda)}:
        raise PackageUnknown(
            f"`{LAUNCHER}` is not in `{LOCK_NAME}`, and nothing else answers Jupyter",
            hint=f"`parity add {LAUNCHER}` has it",
        )


def _options(roots: Roots, root: Path) -> tuple[str, ...]:
    if not roots.named.is_root(str(root)):
        return ("--project", str(root))
    title = roots.named.title(str(root))
    return ("-p" if "/" in title else "-n", title)
