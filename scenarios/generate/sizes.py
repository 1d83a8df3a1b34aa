"""How large the made-up events are."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.generate.town import TownPlan


@dataclass(frozen=True)
class Size:
    """One size of event.

    Attributes
    ----------
    spacing_m
        Distance of candidate posts; wider in larger towns, whose sites have many roads around them.
    spare_pct
        Range from which the seed draws how many heads there are for each hundred that a plain hand-out of duties takes.
    """

    name: str
    town: TownPlan
    n_sites: int
    n_people: int
    n_days: int
    police_units: int
    rail_units: int
    support_units: int
    steward_units: int
    n_venues: int
    spacing_m: int
    event_area_m: int
    spare_pct: tuple[int, int] = (98, 106)


SIZES: dict[str, Size] = {
    size.name: size
    for size in (
        Size("district", TownPlan(44, 36, 2, 1, 25_000), 25, 300, 3, 2, 1, 1, 1, 5, 200, 13_000, (90, 96)),
        Size("city", TownPlan(80, 70, 3, 2, 24_000), 80, 2_000, 7, 8, 3, 2, 4, 16, 250, 13_000),
        Size("mega", TownPlan(150, 130, 4, 4, 37_500), 300, 10_000, 14, 36, 8, 6, 14, 60, 400, 20_000),
    )
}
