"""The facade: load, plan, audit, report, publish. Command line, pages and tests all come through here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.allfaults import with_all_faults
from scenarios.assemble.roster import groups_json
from scenarios.audit import ENGINES, PlanAudit, audit_plan
from scenarios.breaktable import write_breaks
from scenarios.chain import Chain, Round, Settings, run_chain
from scenarios.desk import Desk, prepare
from scenarios.errors import Fault, ScenarioError
from scenarios.force import Asked, answered
from scenarios.foresight import foreseen
from scenarios.levels import ENGINES as TITLES
from scenarios.load import Loaded, check, load_checked, read_raw
from scenarios.outfiles import write_whole
from scenarios.plan import EngineResult, Plan
from scenarios.planform import read_plan
from scenarios.raw import Raw
from scenarios.reach import out_of_reach
from scenarios.runlog import RunLog
from scenarios.territories import with_territories
from scenarios.tradeoff import trade_off
from scenarios.view import PlanView
from scenarios.viewing import build_view
from scenarios.viewwords import worded
from scenarios.whatif import load_whatif, shipped_whatifs
from scheduler.outcome import Limits, OnProgress, Outcome, Progress, Status, Stop
from scheduler.roster.plan import RosterPlan

EXIT_OK, EXIT_INPUT, EXIT_SHORT, EXIT_NO_PLAN, EXIT_BROKEN, EXIT_DEFECT = 0, 2, 3, 4, 5, 6

WORK_PER_SECOND = 1.0
"""Deterministic work that a repeatable run may spend for each second it would otherwise have had."""

TRADE_OFF_SHARE, TRADE_OFF_S = 0.2, 20.0
"""After the plan, the curve of posts against cover may take such a share of the plan's time, or so long."""

FORCE_WORK = 6.0
"""Work for the question turned round: the smallest standard of the force, the least force of the standards."""


@dataclass(frozen=True, eq=False)
class Planned:
    """A planned scenario: the plan, how it looks, what the audit says, and how it went.

    ``exit_code``: 0 planned and the audit agrees, 3 mandatory seats stay empty, 4 no plan within the limit,
    6 the audit disagrees with the solver (then the plan is withheld: a defect of ours).
    """

    plan: Plan
    view: PlanView
    audit: PlanAudit
    outcomes: Mapping[str, Outcome[Any]]
    chain: Chain
    desk: Desk
    seconds: float
    exit_code: int
    log: RunLog

    @property
    def stuck(self) -> tuple[str, ...]:
        """What each part of the work without a plan says about it."""
        return tuple(
            f"{TITLES[name]}: {outcome.note or outcome.status.value}"
            for name, outcome in self.outcomes.items()
            if outcome.plan is None
        )

    @property
    def foreseen(self) -> tuple[str, ...]:
        """What arithmetic proves to be out of reach in this scenario, whatever the plan."""
        first = self.chain.rounds[0]
        return foreseen(self.desk, first.siting, first.patrols, first.derived.needs)

    @property
    def short(self) -> int:
        """Mandatory seats that stay empty."""
        return sum(n for _, n in self.audit.short)


def open_scenario(scenario: str | Path, whatif: str | Path | None = None) -> Loaded:
    """Load a scenario by shipped name or folder, with a what-if by shipped name or file laid over it.

    Raises
    ------
    ScenarioError
        Every fault of the scenario, or of the what-if, at once.
    """
    raw = read_raw(scenario)
    if whatif is not None:
        path = shipped_whatifs(raw.folder).get(str(whatif), Path(whatif))
        raw, _ = load_whatif(path, raw)
    return checked(raw)


def checked(raw: Raw) -> Loaded:
    """Check a scenario as written.

    Raises
    ------
    ScenarioError
        Every fault in one report, those too that only show once the others are mended.
    """
    try:
        return check(raw)
    except ScenarioError as error:
        raise with_all_faults(raw, error) from error


def plan_scenario(
    loaded: Loaded,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    workers: int = 2,
    repeatable: bool = False,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
    base_plan: Plan | None = None,
    desk: Desk | None = None,
    on_desk: Callable[[Desk], object] | None = None,
    on_audited: Callable[[Plan], object] | None = None,
) -> Planned:
    """Plan a scenario from its map to its roster and audit the result.

    Parameters
    ----------
    seconds
        Limit of the search. With ``repeatable`` it is turned into a fixed amount of work, so that the same
        seed gives the same plan on the same versions and kind of machine.
    base_plan
        An earlier plan: its post numbers and call signs are kept and it serves as a first guess.
    stop
        Ends the search: the best plan so far is audited, and what is told beside a plan (what one more post would
        buy, the force turned round) is left out.
    on_desk
        Called with the scenario laid out on its map, before anything is solved.
    on_audited
        Called with the plan as soon as its audit agrees, before anything else is made of it.

    Raises
    ------
    ScenarioError, GeodataError, ProblemError
        What the scenario or its map asks cannot be laid out; all faults at once.
    """
    settings = (
        Settings(None, seconds * WORK_PER_SECOND, seed, workers)
        if repeatable
        else Settings(seconds, None, seed, workers)
    )
    facts = {"scenario": loaded.scenario.name, "digest": loaded.digest, "settings": asdict(settings)}
    log = RunLog(facts, on_progress)
    _tell(log, "ground", "reading the map")
    desk = desk or prepare(loaded)
    if on_desk is not None:
        on_desk(desk)
    chain = run_chain(desk, settings, base=base_plan, on_progress=log, stop=stop)
    kept = chain.rounds[chain.best]
    plan = plan_of(desk, settings, chain, kept, base_plan)
    _tell(log, "audit", "checking the plan on its own")
    plan, audit = with_territories(plan, audit_plan(desk, plan), seed=seed, stop=stop)
    code = _exit_code(kept, audit)
    if on_audited is not None and code in (EXIT_OK, EXIT_SHORT):
        on_audited(plan)
    worth: Callable[[PlanView], PlanView] = _as_it_is
    if stop is None or not stop():
        worth = _worth(desk, plan, log, seconds, seed, stop, repeatable=repeatable)
    view = worded(lambda: worth(build_view(desk, plan, audit)))
    log.end(exit_code=code, peak_mib=peak_mib())
    return Planned(plan, view, audit, kept.outcomes, chain, desk, log.seconds(), code, log)


def _worth(
    desk: Desk, plan: Plan, log: RunLog, seconds: float, seed: int, stop: Stop | None, *, repeatable: bool
) -> Callable[[PlanView], PlanView]:
    """What one more post would buy and what the force could keep, found once; what it gives puts them into a view."""
    _tell(log, "tradeoff", "what one more post would buy")
    share = None if repeatable else max(seconds * TRADE_OFF_SHARE, TRADE_OFF_S)
    points = trade_off(desk, plan.siting, seconds=share, seed=seed, stop=stop)
    found = answered(Asked.of(desk), plan.siting, limits=Limits(share, FORCE_WORK), seed=seed, stop=stop)
    return lambda view: replace(view, tradeoff=points, force=None if found is None else found.told())


def _as_it_is(view: PlanView) -> PlanView:
    return view


def _tell(on_progress: OnProgress | None, stage: str, text: str) -> None:
    if on_progress is not None:
        on_progress(Progress(stage, "stage", "", None, None, 0.0, text))


def plan_of(desk: Desk, settings: Settings, chain: Chain, kept: Round, base: Plan | None) -> Plan:
    """The plan of a kept round; numbers that a base plan used and this one does not are retired."""
    used_posts = {number: place for place, number in kept.numbers.items()}
    used_crews = {sign: slot for slot, sign in kept.signs.items()}
    retired = set(base.retired) if base else set()
    if base is not None:
        standing = {s.post for s in kept.siting_plan.stands}
        retired |= {n for n, place in base.posts.items() if place not in standing and n not in used_posts}
    return Plan(
        scenario=desk.scenario.name,
        digest=desk.loaded.digest,
        seed=settings.seed,
        posts=used_posts,
        crews=used_crews,
        retired=tuple(sorted(retired)),
        siting=kept.siting_plan,
        patrols=kept.patrol_plan,
        roster=kept.roster_plan or RosterPlan(()),
        groups=groups_json(kept.derived.seats),
        results={name: _result(kept.outcomes[name]) for name in ENGINES},
        rounds=chain.report(),
        variants=kept.variants,
    )


def _result(outcome: Outcome[Any]) -> EngineResult:
    return EngineResult(
        outcome.status.value,
        tuple(
            {"name": v.name, "unit": v.unit, "value": v.value, "bound": v.bound, "proven": v.proven,
             "conditional": v.conditional}
            for v in outcome.levels
        ),
        dict(outcome.settings),
        outcome.note,
    )


def _exit_code(kept: Round, audit: PlanAudit) -> int:
    outcomes = kept.outcomes
    if any(outcomes[n].status is Status.INFEASIBLE for n in ENGINES):
        return EXIT_SHORT
    if any(outcomes[n].plan is None for n in ENGINES):
        return EXIT_NO_PLAN
    if not audit.agrees or audit.breaches:
        return EXIT_DEFECT
    return EXIT_SHORT if audit.short else EXIT_OK


def check_folder(folder: Path) -> None:
    """Make sure that papers can go into ``folder`` before anything is planned for it.

    Raises
    ------
    ScenarioError
        A file stands in the way, or nothing may be written there.
    """
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        fault = Fault("--out", None, "", str(folder), f"a folder; {nearest} is a file", "name another folder")
    elif not os.access(nearest, os.W_OK | os.X_OK):
        fault = Fault("--out", None, "", str(folder), f"a folder that can be written; {nearest} cannot",
                      "name another folder")
    else:
        return
    raise ScenarioError([fault])


def keep_plan(plan: Plan, folder: Path) -> Path:
    """Write ``plan.json`` into ``folder``; papers of another plan that lie there are taken away."""
    from scenarios.publish import KINDS

    folder.mkdir(parents=True, exist_ok=True)
    path, text = folder / "plan.json", plan.dumps()
    if path.is_file() and path.read_bytes() != text.encode("utf-8"):
        for name in ("breaks.csv", "changes.md", "run.jsonl", *(kind.file for kind in KINDS.values())):
            (folder / name).unlink(missing_ok=True)
    return write_whole(path, text)


def publish_all(
    planned: Planned, folder: Path, kinds: Iterable[str] | None = None, on_progress: OnProgress | None = None
) -> tuple[Path, ...]:
    """Write ``plan.json``, the run's log and every paper into ``folder``."""
    from scenarios.publish import publish

    path = keep_plan(planned.plan, folder)
    log = write_whole(folder / "run.jsonl", planned.log.dumps())

    def tell(title: str, done: int, n_all: int) -> None:
        _tell(on_progress, "papers", f"{title} ({done} of {n_all})" if title else "written")

    breaks = write_breaks(planned.desk, planned.plan, folder)
    return (path, *publish(planned.view, folder, kinds, tell), *breaks, log)


@dataclass(frozen=True, eq=False)
class Checked:
    """A plan file checked against its scenario."""

    plan: Plan
    view: PlanView
    audit: PlanAudit
    stale: bool
    out_of_reach: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when every hard rule holds, 5 when one is broken."""
        return EXIT_BROKEN if self.audit.breaches or self.audit.differences else EXIT_OK


def check_plan(loaded: Loaded, path: Path) -> Checked:
    """Audit a plan file, ours or made by hand, against a scenario."""
    desk = prepare(loaded)
    plan = read_plan(path)
    audit = audit_plan(desk, plan)
    far = tuple(fault.sentence() for fault in out_of_reach(desk))
    return Checked(plan, build_view(desk, plan, audit), audit, plan.digest != loaded.digest, far)


def peak_mib() -> int:
    """The most memory this process has held, MiB; 0 where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // (1024 * 1024) if sys.platform == "darwin" else peak // 1024)


def summary_json(planned: Planned, files: Iterable[Path]) -> dict[str, Any]:
    """What ``--json`` prints."""
    view, audit = planned.view, planned.audit
    roster, siting, patrols = (planned.outcomes[n] for n in ("roster", "siting", "patrols"))
    first = roster.first_open or (roster.levels[-1] if roster.levels else None)
    figures = {k.key: k.value for k in view.kpis}
    return {
        "scenario": planned.plan.scenario,
        "status": {0: "planned", 3: "short", 4: "no plan", 6: "withheld"}[planned.exit_code],
        "audit": {
            "agrees": audit.agrees,
            "breaches": len(audit.breaches),
            "costs": len(audit.costs),
            "differences": list(audit.differences),
        },
        "siting": {
            "status": siting.status.value,
            "levels": _result(siting).levels,
            "posts": len(view.posts),
        },
        "patrols": {
            "status": patrols.status.value,
            "levels": _result(patrols).levels,
            "tours": len(view.tours),
            "stops": int(figures.get("stops", 0)),
            "km": round(figures.get("km", 0.0), 1),
        },
        "roster": {
            "status": roster.status.value,
            "objective": first.value if first else None,
            "bound": first.bound if first else None,
            "gap": roster.gap,
            "levels": _result(roster).levels,
            "seats": sum(s.need for s in view.seats),
            "filled": sum(min(s.need, len(s.people)) for s in view.seats),
        },
        "rounds": list(planned.plan.rounds),
        "seconds": round(planned.seconds, 1),
        "peak_mib": peak_mib(),
        "files": [path.name for path in files],
    }


__all__ = [
    "Checked", "Planned", "check_folder", "check_plan", "load_checked", "open_scenario", "plan_scenario", "publish_all",
    "read_plan", "summary_json",
]
