"""Dataclasses that cost little to make: `dataclass` with the standard library's words.

For what is frozen and slotted, the standard library writes six functions and compiles each, for half a millisecond a
class. A command loads a hundred classes, and makes instances of a third of them: here the classes share what compares,
shows and refuses to change their instances, and `__init__` is compiled when the first one is made. Fields, slots,
`replace` and `asdict` are the standard library's. Instances cannot be pickled. Decision 0030 has the figures.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter

__all__ = ["dataclass"]

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
    from typing import Any
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, kw_only: bool = False) -> Callable[[type], type]:
        """Return a decorator that does what the standard library's does; what may change is left to that one."""
        if not (frozen and slots):
            return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only)

        def decorate(cls: type) -> type:
            # without a text of its own, a class would get its signature for one, which takes longer than all the rest
            cls.__doc__ = cls.__doc__ or cls.__name__
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
            compared = [each.name for each in dataclasses.fields(made) if each.compare]
            made.__compared__ = staticmethod(attrgetter(*compared) if compared else type)
            made.__init__ = _first_init(made)
            for shared in (_eq, _hash, _repr, _setattr, _delattr):
                name = f"_{shared.__name__}__"
                if name not in cls.__dict__ or cls.__dict__[name] is None:  # whoever says `__eq__` has no hash
                    setattr(made, name, shared)
            return made

        return decorate


def _first_init(cls: type) -> Any:
    """Return what makes the first instance, and compiles what makes the others in its place."""

    def init(self: object, *given: object, **named: object) -> None:
        made = _compiled_init(cls)
        setattr(cls, "__init__", made)  # noqa: B010 - a type checker has no word for a class that changes
        made(self, *given, **named)

    return init


def _compiled_init(cls: Any) -> Any:
    known: dict[str, Any] = {"__set": object.__setattr__, "__unset": dataclasses.MISSING}
    words = {False: ["self"], True: ["*"]}
    lines = ["pass"]
    for each in dataclasses.fields(cls):
        name, value = each.name, each.name
        if each.default_factory is not dataclasses.MISSING:
            known[f"__make_{name}"], default = each.default_factory, "__unset"
            value = f"__make_{name}() if {name} is __unset else {name}" if each.init else f"__make_{name}()"
        elif each.default is not dataclasses.MISSING:
            known[f"__default_{name}"], default = each.default, f"__default_{name}"
            value = name if each.init else default
        elif each.init:
            default = ""
        else:
            continue  # `__post_init__` sets it
        if each.init:
            words[each.kw_only is True].append(f"{name}={default}" if default else name)
        lines.append(f"__set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    named = words[True] if len(words[True]) > 1 else []
    text = f"def __init__({', '.join(words[False] + named)}):\n" + "".join(f"    {line}\n" for line in lines)
    exec(text, known)  # noqa: S102 - as the standard library does; the names are those of the class's fields
    made = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__compared__(self) == self.__compared__(other)


def _hash(self: Any) -> int:
    return hash(self.__compared__(self))


def _repr(self: Any) -> str:
    shown = (each.name for each in dataclasses.fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _setattr(_: object, name: str, __: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
