"""Clauses over yes-or-no variables: is there an assignment that satisfies them all, and if not, which wishes fail.

Conflict-driven clause learning with two watched literals, as in MiniSat (Eén and Sörensson, 2003), with two differences
that suit packages. Whatever no clause asks for is false, so that a search decides as often as there are packages in an
answer and not as often as there are in a channel. And a decision takes the first literal of a clause that is still
open, so that clauses written best first lead to answers that are good from the start.

A literal is a variable's number, negative for its opposite. Variable 1 is always true.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

TRUE = 1


class Clauses:
    """A growing set of clauses that is asked again and again; what was learned once is kept."""

    def __init__(self) -> None:
        self._count = 0
        self._value: list[int] = [0]  # by literal, the negative ones from the end: 1 true, -1 false, 0 open
        self._level: list[int] = [0]
        self._reason: list[Sequence[int] | None] = [None]
        self._watches: defaultdict[int, list[list[int]]] = defaultdict(list)
        self._needs: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
        self._trail: list[int] = []
        self._limits: list[tuple[int, int]] = []  # of each level: where its trail began, how far needs were looked at
        self._head = 0
        self._looked = 0
        self._contradictory = False
        self._core: frozenset[int] = frozenset()
        self.add([self.variable()])

    def variable(self) -> int:
        """Return a new variable."""
        self._count += 1
        if 2 * self._count >= len(self._value):
            half = max(16, 2 * self._count)
            wider = [0] * (2 * half + 1)
            for literal in self._trail:
                wider[literal], wider[-literal] = 1, -1
            self._value = wider
        self._level.append(0)
        self._reason.append(None)
        return self._count

    def add(self, clause: Iterable[int]) -> None:
        """Ask that one of these literals be true from now on. The positive ones are best first."""
        self._back_to(0)
        said = tuple(dict.fromkeys(clause))
        if any(-literal in said for literal in said):
            return
        for negative in [literal for literal in said if literal < 0] or [-TRUE]:
            self._needs[-negative].append(said)
        self._looked = 0
        if any(self._value[literal] > 0 for literal in said):
            return
        open_ = [literal for literal in said if not self._value[literal]]
        if len(open_) > 1:
            self._watch(open_)
        elif not open_ or not self._holds(open_[0]):
            self._contradictory = True

    def _holds(self, literal: int) -> bool:
        self._assign(literal, None)
        return self._propagate() is None

    def solve(self, assumptions: Sequence[int] = ()) -> bool:
        """Say whether there is an assignment in which these literals are true as well."""
        self._back_to(0)
        if self._contradictory:
            self._core = frozenset()
            return False
        while True:
            conflict = self._propagate()
            if conflict is not None:
                if not self._limits:
                    self._contradictory = True
                    self._core = frozenset()
                    return False
                self._learn(conflict)
                continue
            literal = self._next(assumptions)
            if literal is None:
                return False
            if literal == 0:
                return True
            self._limits.append((len(self._trail), self._looked))
            if not self._value[literal]:
                self._assign(literal, None)

    def is_true(self, literal: int) -> bool:
        """Say whether a literal is true in the assignment that was found last."""
        return self._value[literal] > 0 or (literal < 0 and not self._value[literal])

    @property
    def core(self) -> frozenset[int]:
        """The assumptions of which the last question failed; empty where the clauses contradict each other alone."""
        return self._core

    def _next(self, assumptions: Sequence[int]) -> int | None:
        """Return what to decide: an assumption, else what a clause needs; 0 where nothing is open, None on failure."""
        depth = len(self._limits)
        if depth < len(assumptions):
            literal = assumptions[depth]
            if self._value[literal] >= 0:
                return literal
            self._core = self._blamed(literal)
            return None
        while self._looked < len(self._trail):
            literal = self._trail[self._looked]
            for clause in self._needs[literal] if literal > 0 else ():
                if wanted := self._wanted(clause):
                    return wanted
            self._looked += 1
        return 0

    def _wanted(self, clause: Sequence[int]) -> int:
        """Return the first open literal of a clause that nothing satisfies yet, unless a negative one still may."""
        found = 0
        for literal in clause:
            value = self._value[literal]
            if value > 0 or (not value and literal < 0):
                return 0
            if not value and not found:
                found = literal
        return found

    def _watch(self, clause: list[int]) -> None:
        self._watches[clause[0]].append(clause)
        self._watches[clause[1]].append(clause)

    def _assign(self, literal: int, reason: Sequence[int] | None) -> None:
        self._value[literal], self._value[-literal] = 1, -1
        variable = abs(literal)
        self._level[variable] = len(self._limits)
        self._reason[variable] = reason
        self._trail.append(literal)

    def _propagate(self) -> Sequence[int] | None:
        """Draw every conclusion; return a clause that has become false, if one has."""
        while self._head < len(self._trail):
            false = -self._trail[self._head]
            self._head += 1
            watching = self._watches[false]
            self._watches[false] = kept = []
            for number, clause in enumerate(watching):
                if not self._moves_on(clause, false):
                    kept.append(clause)
                    if self._value[clause[0]] < 0:
                        kept += watching[number + 1 :]
                        return clause
                    if not self._value[clause[0]]:
                        self._assign(clause[0], clause)
        return None

    def _moves_on(self, clause: list[int], false: int) -> bool:
        """Have a clause watched by another literal than one that became false; say whether there was one."""
        value = self._value
        if clause[0] == false:
            clause[0], clause[1] = clause[1], false
        if value[clause[0]] > 0:
            return False
        for position in range(2, len(clause)):
            literal = clause[position]
            if value[literal] >= 0:
                clause[1], clause[position] = literal, false
                self._watches[literal].append(clause)
                return True
        return False

    def _learn(self, conflict: Sequence[int]) -> None:
        """Add what a conflict teaches (its first unique implication point) and go back to where it is of use."""
        depth, seen, learned, open_ = len(self._limits), set[int](), list[int](), 0
        reason: Sequence[int] = conflict
        position = len(self._trail)
        while True:
            for literal in reason:
                variable = abs(literal)
                if variable not in seen and self._level[variable] > 0:
                    seen.add(variable)
                    if self._level[variable] == depth:
                        open_ += 1
                    else:
                        learned.append(literal)
            position -= 1
            while abs(self._trail[position]) not in seen:
                position -= 1
            open_ -= 1
            if not open_:
                break
            reason = self._reason[abs(self._trail[position])] or ()
        self._apply([-self._trail[position], *learned])

    def _apply(self, clause: list[int]) -> None:
        if len(clause) == 1:
            self._back_to(0)
            self._assign(clause[0], None)
            return
        nearest = max(range(1, len(clause)), key=lambda position: self._level[abs(clause[position])])
        clause[1], clause[nearest] = clause[nearest], clause[1]
        self._back_to(self._level[abs(clause[1])])
        self._watch(clause)
        self._assign(clause[0], clause)

    def _back_to(self, level: int) -> None:
        if len(self._limits) <= level:
            return
        begin, self._looked = self._limits[level]
        for literal in self._trail[begin:]:
            self._value[literal] = self._value[-literal] = 0
        del self._trail[begin:]
        del self._limits[level:]
        self._head = begin

    def _blamed(self, literal: int) -> frozenset[int]:
        """Return the assumptions that together make one of them false, that one included."""
        seen, blamed = {abs(literal)}, {literal}
        for each in reversed(self._trail):
            if abs(each) in seen and self._level[abs(each)] > 0:
                reason = self._reason[abs(each)]
                if reason is None:
                    blamed.add(each)
                else:
                    seen.update(map(abs, reason))
        return frozenset(blamed)
