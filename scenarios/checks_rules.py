"""Rules against each other and against the event: what no roster could keep is told before anything is solved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from scenarios.errors import Fault
from scenarios.parsing import Draft, path_text
from scenarios.schema import RuleRow, Scenario
from scenarios.tongue import say as _
from scenarios.tongue.lists import either
from scheduler.roster import rules as registry


def check_contradictions(draft: Draft) -> None:
    """Fault hard rules that exclude each other (min over max), and doubt those that leave seats empty."""
    rows = draft.setting("rules")
    if rows is None or draft.faults:
        return
    start, end = draft.setting("start"), draft.setting("end")
    hours = max(0.0, (end - start).total_seconds() / 3600)
    _hours(draft, rows, hours)
    _runs(draft, rows)
    _inside(draft, rows)
    _asleep(draft, rows)
    _long_event(draft, rows, hours)
    tour, demand = _hard(rows, "maximum_tour"), draft.setting("demand")
    if tour is not None and demand is not None and demand.tour_h > tour.longest_h and "maximum_tour" in rows:
        at = ("rules", "maximum_tour", "params", "longest_h")
        _doubt(
            draft, at, f"{tour.longest_h:g}",
            _("no shorter than the tours that seats are cut into, {tour_h:g} h", tour_h=demand.tour_h),
            _("seats longer than that stay empty; set demand.tour_h to {hours:g} as well", hours=tour.longest_h),
        )  # fmt: skip


def check_named_people(draft: Draft, scenario: Scenario) -> None:
    """Fault what rules say of single people (partners who do not exist, together and apart) before planning."""
    from scenarios.assemble.roster import people_problem, rule_settings
    from scenarios.staff import staff_of

    staff = staff_of(scenario)
    asked = [one for one in rule_settings(scenario, staff) if hasattr(registry.load()[one.name].module, "faults")]
    if not asked:
        return
    problem = people_problem(scenario, staff)
    for active in registry.read_settings(asked, len(problem.people))[0]:
        for text in active.rule.module.faults(problem, active.params):
            said = text.removeprefix(f"{active.name}: ")
            draft.setting_fault(_written(draft, active.name), "", _("people and pairs that can be kept"), said)


def _written(draft: Draft, name: str) -> tuple[str, ...]:
    """Where a rule's parameters stand in the files, as near as can be told."""
    params = registry.load()[name].params_type.model_fields
    places = [("rules", name, "params", param) for param in params]
    found = [place for place in places if draft.raw.where(place)[1] is not None]
    return found[0] if found else ("rules", name)


def _hours(draft: Draft, rows: Mapping[str, RuleRow], hours: float) -> None:
    total, cap = _hard(rows, "total_hours"), _hard(rows, "hours_cap")
    if total is None:
        return
    at = ("rules", "total_hours", "params", "least_min")
    if total.least_min > total.most_min:
        draft.setting_fault(
            at, f"{total.least_min}", _("no more than most_min, {most_min}", most_min=total.most_min),
            _("nobody can serve at least more than at most; change one of the two"),
        )  # fmt: skip
    elif total.least_min > 60 * hours:
        draft.setting_fault(
            at, f"{total.least_min}", _("no more than the event lasts, {hours:g} min", hours=60 * hours),
            _("lower it, or make the rule soft"),
        )  # fmt: skip
    elif cap is not None:
        windows = math.ceil(hours / 24 / cap.window_days)
        most = 60 * cap.cap_h * max(1, windows)
        if total.least_min > most:
            draft.setting_fault(
                at, f"{total.least_min}",
                _(
                    "no more than hours_cap allows, {most:g} min ({cap_h:g} h in {window_days:g} days)",
                    most=most, cap_h=cap.cap_h, window_days=cap.window_days,
                ),
                _("lower it, raise cap_h, or make one of the two rules soft"),
            )  # fmt: skip


def _runs(draft: Draft, rows: Mapping[str, RuleRow]) -> None:
    run, most = _hard(rows, "shortest_run_of_duty"), _hard(rows, "consecutive_duty_days")
    if run is not None and most is not None and run.least_days > most.most_days:
        draft.setting_fault(
            ("rules", "shortest_run_of_duty", "params", "least_days"), f"{run.least_days}",
            _("no more than consecutive_duty_days allows, {most_days}", most_days=most.most_days),
            _("lower it, raise most_days, or make one of the two rules soft"),
        )  # fmt: skip


def _inside(draft: Draft, rows: Mapping[str, RuleRow]) -> None:
    rest = _hard(rows, "weekly_rest")
    if rest is not None and rest.rest_h >= 24 * rest.window_days:
        draft.setting_fault(
            ("rules", "weekly_rest", "params", "rest_h"), f"{rest.rest_h:g}",
            _("less than the {window_h:g} h within which the rest comes", window_h=24 * rest.window_days),
            _("lower it, or widen window_days"),
        )  # fmt: skip
    weather = _hard(rows, "weather_limit")
    if weather is not None and weather.cold_c >= weather.stop_c:
        draft.setting_fault(
            ("rules", "weather_limit", "params", "cold_c"), f"{weather.cold_c}",
            _("below stop_c, {stop_c}", stop_c=weather.stop_c),
            _("no temperature would be left at which anybody may be outdoors; change one of the two"),
        )  # fmt: skip
    cap = _hard(rows, "hours_cap")
    if cap is not None and cap.cap_h <= 0:
        _doubt(
            draft, ("rules", "hours_cap", "params", "cap_h"), f"{cap.cap_h:g}", _("more than 0"),
            _("nobody may serve at all and every seat stays empty; raise it"),
        )  # fmt: skip
    two = _hard(rows, "two_officer")
    if two is not None and two.least_sworn > two.least:
        draft.setting_fault(
            ("rules", "two_officer", "params", "least_sworn"), f"{two.least_sworn}",
            _("no more than least, {least}", least=two.least),
            _("of two officers at most two can be sworn; change one of the two"),
        )  # fmt: skip


#: Rules that cannot bind on an event of a few days and are off there; on a longer one their absence should be meant.
_LONG = ("weekly_rest", "consecutive_duty_days")


def _asleep(draft: Draft, rows: Mapping[str, RuleRow]) -> None:
    """Doubt rules that are written about and stay off, since nothing says that they should hold."""
    known, written = registry.load(), draft.raw.settings.get("rules")
    for name, row in rows.items():
        its = written.get(name) if isinstance(written, Mapping) else None
        if name in known and row.mode == "off" and isinstance(its, Mapping) and "mode" not in its:
            _doubt(
                draft, ("rules", name), "", _('mode = "hard" or "soft", or mode = "off" where it is meant to wait'),
                _("this rule is off by itself and stays off; write its mode"),
            )  # fmt: skip


def _long_event(draft: Draft, rows: Mapping[str, RuleRow], hours: float) -> None:
    """Doubt an event of a week or more on which nothing gives people a day off."""
    known = registry.load()
    if hours < 24 * 7 or any(name in rows or known[name].info.default_mode != "off" for name in _LONG):
        return
    _doubt(
        draft, ("rules",), "", _("a rule on days off, in an event of a week or more: {names}", names=either(_LONG)),
        _('set one of them, or a preset such as "eu-working-time", or write mode = "off" where no day off is meant'),
    )  # fmt: skip


def _hard(rows: Mapping[str, RuleRow], name: str) -> Any:
    """The parameters of a rule that holds hard for everybody, None where it does not."""
    rule = registry.load().get(name)
    row = rows.get(name)
    if rule is None or (row.mode if row else rule.info.default_mode) != "hard":
        return None
    return rule.params_type.model_validate(dict(row.params) if row else {})


def _doubt(draft: Draft, path: tuple[str | int, ...], value: str, expected: str, remedy: str) -> None:
    file, row = draft.raw.where(path)
    draft.warnings.append(Fault(file, row, path_text(path), value, expected, remedy))
