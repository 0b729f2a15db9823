"""How building, removing and packing interpreters says no; core/errors.py has the whole tree."""

from collections.abc import Sequence

from parity.core.errors import Fault, UserError


class PythonSourceUnknown(UserError):
    """No source archive answers what is to be built."""

    code = "python-source-unknown"

    def __init__(self, request: str, nearest: Sequence[str] = ()) -> None:
        near = ", ".join(f"`{version}`" for version in nearest)
        super().__init__(
            f"parity knows no sources of a Python that answers `{request}`",
            hint=f"the nearest that there are: {near}; of a newer version, bring the sources with `--archive FILE`"
            if near
            else "CPython from 3.8 on can be built from source",
        )


class PythonSourceCorrupt(UserError):
    """A source archive is not what upstream published, or not one of CPython's."""

    code = "python-source-corrupt"


class BuildOptionRefused(UserError):
    """An interpreter cannot be built as it is asked for."""

    code = "build-option-refused"


class PythonModulesMissing(UserError):
    """An interpreter would lack standard modules for want of headers; all are reported together."""

    code = "python-modules-missing"

    def __init__(self, version: str, faults: Sequence[Fault], *, hint: str, names: Sequence[str]) -> None:
        listed = ", ".join(f"`{name}`" for name in names)
        super().__init__(f"Python {version} would be built without {listed}", hint=hint)
        self._faults = tuple(faults)

    @property
    def faults(self) -> Sequence[Fault]:
        """Every module."""
        return self._faults


class PythonBuildFailed(UserError):
    """An interpreter could not be built from source."""

    code = "python-build-failed"

    def __init__(
        self, version: str, step: str, *, cause: str = "", hint: str = "", log: str = "", said: str = ""
    ) -> None:
        because = f": {cause}" if cause else ""
        where = f"the whole log is in `{log}`" if log else ""
        super().__init__(
            f"building Python {version} failed while {step}{because}", hint="; ".join(filter(None, [hint, where]))
        )
        self.said = said


class PythonForeign(UserError):
    """An interpreter is not parity's own, and only those are removed."""

    code = "python-foreign"


class PythonInUse(UserError):
    """An interpreter cannot be removed: environments stand on it."""

    code = "python-in-use"


class PythonUnpackable(UserError):
    """An interpreter cannot become a conda package."""

    code = "python-unpackable"
