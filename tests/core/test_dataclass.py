"""Dataclasses that cost little behave as the standard library's do."""

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import Any

import pytest

from parity.core import dataclass as ours

Make = Callable[..., Callable[[type], type]]


def _classes(make: Make) -> dict[str, Any]:
    """Return the same classes, made by one decorator, by name."""

    @make(frozen=True, slots=True, kw_only=True)
    class Plain:
        name: str
        size: int = 3
        words: list[str] = field(default_factory=list)
        place: str = field(default="here", compare=False)
        secret: str = field(default="", repr=False)

    @make(frozen=True, slots=True, kw_only=True)
    class Derived(Plain):
        more: tuple[str, ...] = ()

    @make(frozen=True, slots=True)
    class Positional:
        first: int
        second: int = 2
        last: int = field(default=5, kw_only=True)

    made = (Plain, Derived, Positional, *_peculiar(make))
    return {each.__name__: each for each in made}


def _peculiar(make: Make) -> tuple[type, ...]:
    """Return classes without fields, with fields that are not given, and with methods of their own."""

    @make(frozen=True, slots=True)
    class Empty:
        pass

    @make(frozen=True, slots=True, kw_only=True)
    class Counted:
        given: int
        kept: dict[str, int] = field(default_factory=dict, init=False)
        fixed: int = field(default=7, init=False)
        twice: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "twice", self.given * 2)

    @make(frozen=True, slots=True, kw_only=True)
    class Own:
        name: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self))

        def __hash__(self) -> int:
            return 5

        def __repr__(self) -> str:
            return "mine"

    return Empty, Counted, Own


_CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (), {"name": "a"}),
    ("Plain", (), {"name": "a", "size": 4, "words": ["w"], "place": "there", "secret": "s"}),
    ("Plain", (), {}),
    ("Plain", ("a",), {}),
    ("Plain", (), {"name": "a", "unknown": 1}),
    ("Derived", (), {"name": "a", "more": ("b",)}),
    ("Positional", (1,), {}),
    ("Positional", (1, 3), {"last": 4}),
    ("Positional", (1, 3, 4), {}),
    ("Empty", (), {}),
    ("Counted", (), {"given": 4}),
    ("Counted", (), {"given": 4, "kept": {}}),
    ("Own", (), {"name": "a"}),
]


def _said(what: Callable[[], object]) -> str:
    """Return what comes out, as text, be it an error."""
    try:
        return repr(what())
    except (TypeError, AttributeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(("name", "given", "named"), _CALLS, ids=str)
def test_instances_are_those_of_the_standard_library(name: str, given: Any, named: Any) -> None:
    """Made of the same arguments, they show, refuse and contain the same; the second instance as the first."""
    theirs, mine = _classes(dataclasses.dataclass)[name], _classes(ours.dataclass)[name]
    for _ in range(2):
        assert _said(lambda: theirs(*given, **named)) == _said(lambda: mine(*given, **named))
    assert _said(lambda: dataclasses.asdict(theirs(*given, **named))) == _said(
        lambda: dataclasses.asdict(mine(*given, **named))
    )


@pytest.mark.parametrize("make", [dataclasses.dataclass, ours.dataclass], ids=["theirs", "ours"])
def test_instances_are_equal_by_what_is_compared(make: Make) -> None:
    """A field that does not count does not make a difference; another class always does."""
    made = _classes(make)
    plain, positional, empty = made["Plain"], made["Positional"], made["Empty"]
    assert plain(name="a") == plain(name="a", place="there")
    assert plain(name="a") != plain(name="b")
    assert plain(name="a") != made["Derived"](name="a")
    assert positional(1) != (1, 2, 5)
    assert hash(positional(1)) == hash(positional(1, 2, last=5))
    assert empty() == empty()
    assert hash(empty()) == hash(empty())
    assert made["Own"](name="a") == made["Own"](name="b")
    with pytest.raises(TypeError, match="unhashable"):
        hash(plain(name="a"))  # it has a list in it
    assert hash(made["Own"](name="a")) == 5


@pytest.mark.parametrize("make", [dataclasses.dataclass, ours.dataclass], ids=["theirs", "ours"])
def test_instances_do_not_change(make: Make) -> None:
    """Nothing is assigned, deleted or added; a copy with changes is another one."""
    one = _classes(make)["Positional"](1)
    with pytest.raises(FrozenInstanceError, match="first"):
        one.first = 2
    with pytest.raises(FrozenInstanceError, match="first"):
        del one.first
    with pytest.raises((FrozenInstanceError, TypeError)):
        one.another = 2
    assert _classes(make)["Positional"](1).second == replace(one, first=9).second
    assert not hasattr(one, "__dict__")


def test_what_may_change_is_left_to_the_standard_library() -> None:
    """A class that is not frozen can be changed, and one without slots has room for more."""

    @ours.dataclass(slots=True)
    class Changing:
        number: int

    one = Changing(1)
    one.number = 2
    assert Changing(2) == one
    assert "__slots__" in Changing.__dict__
