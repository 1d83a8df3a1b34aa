"""What the levels of the three engines measure, in the words of planners."""

from scenarios.tongue import mark
from scenarios.tongue import say as _
from scheduler.roster.rules import load

ENGINES = {"siting": "Posts", "patrols": "Patrols", "roster": "Roster"}

LEVELS = {
    "must_bare": mark("important sites out of reach"),
    "bare": mark("sites out of reach, by weight"),
    "single": mark("sites within reach of one post only, by weight"),
    "posts": mark("effort for posts"),
    "response": mark("response times, by weight"),
    "missed": mark("calls missed, by weight"),
    "gap_excess": mark("minutes unseen beyond promise, by weight"),
    "core": mark("minutes without a crew in the core"),
    "crews": mark("effort for crews"),
    "presence": mark("presence given up"),
    "driving": mark("seconds on the way"),
    "balance": mark("uneven load of crews"),
    "short_0": mark("mandatory seats empty"),
    "costs": mark("wishes and fairness given up"),
}


def level_title(name: str) -> str:
    """What a level measures, as planners say it."""
    if name in LEVELS:
        return _(LEVELS[name])
    return _("other seats empty") if name.startswith("short_") else name.replace("_", " ")


#: Costs of a roster that are no rule's.
COSTS = {
    "short": mark("Seats empty"), "want": mark("Seats wished for beyond the need"), "over": mark("More than wanted"),
}  # fmt: skip


def cost_title(name: str) -> str:
    """What a cost of a roster is called: its rule's title, or one of ``COSTS``."""
    known = load().get(name)
    if known:
        return known.info.called
    return _(COSTS[name]) if name in COSTS else name.replace("_", " ")
