"""What the levels of the three engines measure, in the words of planners."""

ENGINES = {"siting": "Posts", "patrols": "Patrols", "roster": "Roster"}

LEVELS = {
    "must_bare": "important sites out of reach",
    "bare": "sites out of reach, by weight",
    "single": "sites within reach of one post only, by weight",
    "posts": "effort for posts",
    "response": "response times, by weight",
    "missed": "calls missed, by weight",
    "gap_excess": "minutes unseen beyond promise, by weight",
    "core": "minutes without a crew in the core",
    "crews": "effort for crews",
    "presence": "presence given up",
    "driving": "seconds on the way",
    "balance": "uneven load of crews",
    "short_0": "mandatory seats empty",
    "costs": "wishes and fairness given up",
}


def level_title(name: str) -> str:
    """What a level measures, as planners say it."""
    return LEVELS.get(name, "other seats empty" if name.startswith("short_") else name.replace("_", " "))
