"""Faults planted in rules: one place of a rule's form or check changed at a time, as a slip of the pen would.

The source of a rule file is read as a syntax tree. Functions that only the form uses are one side, those that only
``check`` uses the other; what both use is the rule's definition (its Params, fair shares) and no second opinion exists
of it. Each fault changes one thing on one side: drops it whole, makes a limit one more or less strict, a number or
parameter one greater, reads another moment of a duty, forgets history, ledger, absences and the like, rounds down
instead of up, takes a condition as always or never met, or looks at everyone instead of those the setting names.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from types import ModuleType

from scheduler.roster import rules
from tests.scheduler.roster.agreement import drawn, of_checks, of_forms, tables_are_pairs

FORMS = ("fits", "follows", "follows_table", "start", "step", "end", "rows")
SAID = {"data", "where", "who", "names", "name", "key", "words", "times", "span", "wrong", "extreme"}
"""Names of what a check or a row only tells people: not the amount, so no agreement to break."""

_OPPOSITE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}
_OTHER_CALL = {"any": "all", "all": "any", "min": "max", "max": "min", "ceil": "floor", "minimum": "maximum",
               "maximum": "minimum"}
_OTHER_FIELD = {
    "start_s": "report_s", "report_s": "start_s", "end_s": "release_s", "release_s": "end_s",
    "report_place": "release_place", "release_place": "report_place", "need": "want", "want": "need",
    "from_s": "until_s", "until_s": "from_s",
}
_FORGOTTEN = {
    "worked": "()", "absences": "()", "wishes": "()", "other_work": "()", "nights": "()", "weather": "()",
    "holidays": "frozenset()", "published": "()", "pins": "()", "watches": "()", "ledger": "{}", "ledger_s": "0",
    "qualified": "()", "tags": "frozenset()", "reachable": "(problem.reachable | True)",
}
_DROPPED = {
    "fits": "import numpy as _np\nreturn _np.zeros((len(problem.people), len(problem.groups)), dtype=_np.int32)",
    "follows": "return 0",
    "follows_table": "import numpy as _np\nreturn _np.zeros((len(first.stints), len(then.stints)), dtype=_np.int64)",
    "step": "return state, 0",
    "end": "return 0",
    "rows": "return\nyield",
    "check": "return []",
}


@dataclasses.dataclass(frozen=True)
class Fault:
    """One planted fault: which rule, which side ("form" or "check"), what is changed, and how."""

    rule: str
    side: str
    text: str
    sound: ast.Module
    position: int
    change: Callable[[ast.AST], None]

    def module(self) -> ModuleType:
        """The rule's module with the fault in it, under a name of its own kind (nothing is registered)."""
        original = rules.load()[self.rule].module
        tree = copy.deepcopy(self.sound)
        self.change(tree.body[self.position])
        ast.fix_missing_locations(tree)
        made = ModuleType(original.__name__)
        made.__file__ = original.__file__
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # "is" beside a literal, after a change
            code = compile(tree, f"<{self.rule}: {self.text}>", "exec")
        exec(code, made.__dict__)  # noqa: S102  # our own source
        return made


@contextmanager
def planted(fault):
    """Every reader of the registry meets the faulty rule; its Params stay the rule's own."""
    known = rules.load()
    faulty = {**known, fault.rule: dataclasses.replace(known[fault.rule], module=fault.module())}
    before = rules.load
    rules.load = lambda: faulty
    try:
        yield
    finally:
        rules.load = before


def sides(tree):
    """Names of functions that only the form uses, only the check uses, and both."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def reached(entries):
        found, todo = set(), [name for name in entries if name in functions]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += [n.id for n in ast.walk(functions[name]) if isinstance(n, ast.Name) and n.id in functions]
        return found

    form, check = reached(FORMS), reached(["check"])
    return sorted(form - check), sorted(check - form), sorted(form & check)


def faults_of(name):
    """All faults that can be planted in a rule, in the order of its source."""
    tree = ast.parse(inspect.getsource(rules.load()[name].module))
    form, check, _ = sides(tree)
    seen: Counter[tuple[str, str]] = Counter()
    for position, node in enumerate(tree.body):
        if not isinstance(node, ast.FunctionDef) or node.name not in {*form, *check}:
            continue
        side = "form" if node.name in form else "check"
        for text, change in _changes(node):
            where = f"{node.name}: {text}"
            seen[side, where] += 1
            again = f" #{seen[side, where]}" if seen[side, where] > 1 else ""
            yield Fault(name, side, where + again, tree, position, change)


def _changes(function):
    """(words, change to a copy of the function) for every place of it."""
    if function.name in _DROPPED:
        lines = "".join(f"\n    {line}" for line in _DROPPED[function.name].split("\n"))
        body = ast.parse(f"def f():{lines}").body[0].body
        yield "dropped", lambda copied: setattr(copied, "body", body)
    for path, node, above in _places(function):
        for words, new in _replacements(node):
            if isinstance(node, ast.Constant):
                words = f"{words} in {ast.unparse(above)}"  # noqa: PLW2901  # a number alone says nothing
            yield words, lambda copied, path=path, new=new: _put(copied, path, new)


def _places(function):
    """(path, node, node above) of every expression and statement that can decide an amount."""
    skipped = 1 if ast.get_docstring(function) else 0
    todo = [((("body", i),), node, function) for i, node in enumerate(function.body) if i >= skipped]
    todo.reverse()
    while todo:
        path, node, above = todo.pop()
        if _only_said(node):
            continue
        yield path, node, above
        below = []
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "ctx"} or (isinstance(node, ast.Call) and field == "keywords"):
                kept = [k for k in value if k.arg not in {"data", "key"}] if field == "keywords" else []
                below += [((*path, ("keywords", value.index(k)), ("value", None)), k.value, node) for k in kept]
            elif isinstance(value, list):
                first = 1 if _calls(node, "Row") and field == "args" else 0
                last = 1 if _calls(node, "Finding") and field == "args" else len(value)
                below += [
                    ((*path, (field, i)), one, node)
                    for i, one in enumerate(value)
                    if isinstance(one, ast.AST) and first <= i < last
                ]
            elif isinstance(value, ast.AST):
                below.append(((*path, (field, None)), value, node))
        todo += reversed(below)


def _calls(node, name):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _only_said(node):
    """What people are told, what types say, and filters on duties that have no column anyway."""
    if isinstance(node, ast.JoinedStr | ast.Assert | ast.FunctionDef | ast.Delete):
        return not isinstance(node, ast.FunctionDef)
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return isinstance(target, ast.Name) and target.id in SAID
    return isinstance(node, ast.expr) and ast.unparse(node).startswith("scope.allowed[")


def _put(root, path, new):
    parent = root
    for field, i in path[:-1]:
        parent = getattr(parent, field) if i is None else getattr(parent, field)[i]
    field, i = path[-1]
    if i is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[i] = new


def _kind(node):
    return type(node.op) if isinstance(node, ast.BoolOp | ast.BinOp) else None


def _expression(text):
    return ast.parse(text, mode="eval").body


def _replacements(node):
    """(words, node to put instead) for one node."""
    before = ast.unparse(node)

    def told(new):
        return f"{before} -> {ast.unparse(new)}", new

    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            new = copy.deepcopy(node)
            new.ops[i] = _OPPOSITE[type(op)]()
            yield told(new)
    elif _kind(node) in {ast.And, ast.BitAnd} and "scope.allowed" in before:
        return  # a term without a column, or with coefficient 0, is nothing either way
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _OPPOSITE:
        new = copy.deepcopy(node)
        new.op = _OPPOSITE[type(node.op)]()
        yield told(new)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield told(node.operand)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = node.operand
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.FloorDiv):  # rounds up: now down
            yield told(_expression(f"(-({ast.unparse(inner.left)})) // ({ast.unparse(inner.right)})"))
    elif isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _OTHER_CALL:
            new = copy.deepcopy(node)
            field = "id" if isinstance(node.func, ast.Name) else "attr"
            setattr(new.func, field, _OTHER_CALL[name])
            yield told(new)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield told(ast.Constant(node.value + 1))
    elif isinstance(node, ast.Attribute):
        yield from map(told, _fields(node))
    elif isinstance(node, ast.Name) and node.id == "people":
        yield told(_expression("tuple(range(len(problem.people)))"))
    elif isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            new = copy.deepcopy(node)
            new.test = ast.Constant(value)
            yield f"if {ast.unparse(node.test)} -> {'always' if value else 'never'}", new
    elif isinstance(node, ast.comprehension):
        for i, test in enumerate(node.ifs):
            if "scope.allowed" not in ast.unparse(test):
                new = copy.deepcopy(node)
                new.ifs[i] = ast.Constant(value=True)
                yield f"if {ast.unparse(test)} -> always", new


def _fields(node):
    """Other readings of ``thing.field``."""
    owner = ast.unparse(node.value)
    if node.attr in _OTHER_FIELD:
        yield _expression(f"({owner}).{_OTHER_FIELD[node.attr]}")
    if node.attr in _FORGOTTEN:
        yield _expression(_FORGOTTEN[node.attr])
    if node.attr == "days" and owner == "problem":
        yield _expression("tuple(t + 60 for t in problem.days)")
    if node.attr == "paid_s":
        yield _expression(f"({owner}.paid_s + 60)")
    if owner == "params" and node.attr not in {"tag", "prefix", "training"}:
        yield _expression(f"({owner}.{node.attr} + 1)")
    if ast.unparse(node) in {"scope.people", "scope.set"}:
        yield _expression("frozenset(range(len(problem.people)))")


@dataclasses.dataclass(frozen=True)
class Hunt:
    """What became of the faults planted in one rule."""

    caught: tuple[Fault, ...]
    crashed: tuple[Fault, ...]
    survived: tuple[Fault, ...]


def hunt(name, n_cases, wanted=None):
    """Plant the faults of a rule one after the other, and ask the agreement tests' question of drawn cases.

    A fault is caught when form and check differ on a case, crashed when it makes them fail, survived otherwise.
    ``wanted`` picks faults; all by default.
    """
    cases = []
    more = drawn(name, n_cases)
    caught, crashed, survived = [], [], []
    for fault in faults_of(name):
        if wanted is not None and not wanted(fault):
            continue
        fate = survived
        with planted(fault):
            for i in range(n_cases):
                if i == len(cases):
                    cases.append(_answered(next(more)))
                made, pairs, answer = cases[i]
                try:
                    same = _ask(made, pairs, fault.side) == answer
                except Exception:  # noqa: BLE001  # a fault may fail in any way
                    fate = crashed
                    break
                if not same:
                    fate = caught
                    break
        fate.append(fault)
    return Hunt(tuple(caught), tuple(crashed), tuple(survived))


def _ask(made, pairs, side):
    if side == "check":
        return of_checks(made, pairs)
    return of_forms(made, pairs) if tables_are_pairs(made) else "table and pairs differ"


def _answered(case):
    """A case with what both sides say while nothing is planted."""
    made, pairs = case
    now = rules.load
    rules.load = _sound
    try:
        answer = of_checks(made, pairs)
        if _ask(made, pairs, "form") != answer:
            raise AssertionError(f"form and check differ without any fault planted: {made.rules}, {pairs}")
    finally:
        rules.load = now
    return made, pairs, answer


_sound = rules.load
