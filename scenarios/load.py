"""A scenario folder -> a checked Scenario; every fault in one report, never the first only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from scenarios import checks, checks_map, checks_patrols, checks_rules, checks_siting, checks_time
from scenarios.checks_demand import check_programme
from scenarios.errors import Fault, ScenarioError
from scenarios.parsing import Draft, parse
from scenarios.presets import with_presets
from scenarios.raw import SETTINGS, Raw, nearest, read_folder
from scenarios.schema import SCHEMA, Scenario
from scenarios.tongue import say as _
from scenarios.tongue.lists import listed

__all__ = [
    "Loaded", "Raw", "check", "digest", "library", "load_checked", "load_scenario", "read_raw", "validate",
]  # fmt: skip

_LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True)
class Loaded:
    """A sound scenario and what came with it.

    Attributes
    ----------
    digest
        SHA-256 over the scenario's content and the map's bytes; a plan made from another digest is stale.
    warnings
        What is doubtful, but can be planned.
    """

    scenario: Scenario
    folder: Path
    digest: str
    warnings: tuple[Fault, ...]
    map_path: Path
    raw: Raw


def library() -> dict[str, Path]:
    """Shipped scenarios: name -> folder, in the order of their names."""
    return {p.parent.name: p.parent for p in sorted(_LIBRARY.glob(f"*/{SETTINGS}"))}


def find_folder(name_or_folder: str | Path) -> Path:
    """Folder of a shipped scenario's name, or the folder given; ScenarioError when there is neither."""
    shipped = library()
    text = str(name_or_folder)
    folder = Path(name_or_folder)
    # A shipped name wins only where no folder of the user's own is meant.
    if text in shipped and not (folder / SETTINGS).is_file():
        return shipped[text]
    try:
        is_folder, is_file = folder.is_dir(), folder.is_file()
    except OSError:  # for example a name that is too long
        is_folder = is_file = False
    if is_folder:
        return folder
    if is_file:
        expected = _("a scenario folder, not a file")
        remedy = _("give the folder that holds {settings}", settings=SETTINGS)
    else:
        like = nearest(text, shipped)
        expected = _("a scenario folder or a shipped name ({names})", names=listed(shipped))
        remedy = _('did you mean "{like}"?', like=like) if like else _("check the path")
    raise ScenarioError([Fault(text, None, "", "", expected, remedy)])


def read_raw(name_or_folder: str | Path) -> Raw:
    """Read a scenario's files without judging them; only a folder that is not there raises ScenarioError."""
    return read_folder(find_folder(name_or_folder))


def _judged(raw: Raw) -> Draft:
    _refuse_newer(raw)
    draft = parse(with_presets(raw))
    checks.check_ids(draft)
    checks.check_references(draft)
    checks.check_rules(draft)
    checks_time.check_times(draft)
    checks_time.check_numbers(draft)
    checks_map.check_map(draft)
    checks_siting.check_siting(draft)
    checks_patrols.check_patrols(draft)
    checks_rules.check_contradictions(draft)
    return draft


def _refuse_newer(raw: Raw) -> None:
    """A newer form may mean anything by its words: nothing else about it can be judged."""
    number = raw.settings.get("schema")
    if isinstance(number, int) and not isinstance(number, bool) and number > SCHEMA:
        file, row = raw.where(("schema",))
        raise ScenarioError(
            [
                Fault(
                    file, row, "schema", str(number), _("a scenario form up to {schema}", schema=SCHEMA),
                    _("this scenario was made for a newer Vedette: install that one"),
                )
            ]
        )


def _built(draft: Draft) -> Scenario:
    if draft.faults:
        raise ScenarioError(_once(draft.faults))
    values = {
        **draft.settings,
        **{table: tuple(row.item for row in rows) for table, rows in draft.rows.items()},
    }
    values["schema"] = values.pop("schema_")
    zone = draft.zone or ZoneInfo("UTC")
    return Scenario.model_validate(values, context={"zone": zone})


def _once(faults: list[Fault]) -> list[Fault]:
    return list(dict.fromkeys(faults))


def validate(raw: Raw) -> Scenario:
    """Check everything about a scenario.

    Raises
    ------
    ScenarioError
        With every fault: file, row, field, value, what was expected and how to mend it.
    """
    return _built(_judged(raw))


def check(raw: Raw) -> Loaded:
    """Check everything, and say what is doubtful; raises ScenarioError like ``validate``."""
    draft = _judged(raw)
    scenario = _built(draft)
    checks_rules.check_named_people(draft, scenario)
    check_programme(draft, scenario)
    if scenario.pins and not draft.faults:
        # seats are cut only where a pin asks for it
        from scenarios.checks_pins import check_pinned_duties, check_pins

        check_pins(draft, scenario)
        check_pinned_duties(draft, scenario)
    checks_siting.check_post_numbers(draft, scenario)
    if scenario.seat_changes:
        from scenarios.checks_pins import check_seat_changes

        check_seat_changes(draft, scenario)
    if draft.faults:
        raise ScenarioError(_once(draft.faults))
    map_path = raw.folder / scenario.map.file
    return Loaded(
        scenario, raw.folder, digest(scenario, map_path), tuple(_once(draft.warnings)), map_path, raw
    )


def digest(scenario: Scenario, map_path: Path) -> str:
    """SHA-256 over the scenario's values (not how its files are written) and the bytes of its map."""
    values = scenario.model_dump(mode="json", by_alias=True)
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    total = hashlib.sha256(text.encode())
    with map_path.open("rb") as file:
        total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def load_checked(name_or_folder: str | Path) -> Loaded:
    """Load a shipped scenario or a folder, with warnings and digest; raises ScenarioError with every fault."""
    return check(read_raw(name_or_folder))


def load_scenario(name_or_folder: str | Path) -> Scenario:
    """Load a shipped scenario or a folder; raises ScenarioError with every fault."""
    return load_checked(name_or_folder).scenario
