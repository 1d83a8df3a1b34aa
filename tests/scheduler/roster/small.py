"""Parameters of every rule in the range of the times that ``tiny`` draws, so that limits are hit exactly."""

from tests.scheduler.roster import dice as st
from tests.scheduler.roster.dice import Draw

HOUR = 3600


def small_params(name, scale, draw, n_people=1):
    """Parameters in the range of the drawn times; ``draw`` may be Hypothesis's own."""
    draw = Draw.of(draw)
    near_s = st.sampled_from([0, 0, 0, -1, 1])  # most limits are met exactly, some missed by a second
    hours = st.tuples(st.integers(0, 6), near_s).map(lambda k: max(0, k[0] * scale + k[1]) / HOUR)
    some_hours = st.tuples(st.integers(1, 6), near_s).map(lambda k: max(1, k[0] * scale + k[1]) / HOUR)
    of_day = hours.map(lambda h: min(h, 24))
    if name == "minimum_rest":
        return {"rest_h": draw(hours), "same_tour_h": draw(hours)}
    if name == "maximum_tour":
        exempt = draw(st.sampled_from([("base",), ("base",), (), ("post", "crew")]))
        return {"longest_h": draw(some_hours), "gap_h": draw(of_day), "exempt_kinds": exempt}
    if name == "transfer_time":
        reach = draw(st.sampled_from([12, 12, 1, 2, 3])) * scale / HOUR
        return {"handover_min": min(240, draw(st.integers(0, 2)) * scale / 60), "reach_h": min(48, reach)}
    if name == "hours_cap":
        window = (draw(st.integers(2, 8)) * scale + draw(near_s)) / 86400
        return {"cap_h": draw(hours), "window_days": window}
    if name == "balanced_hours":
        return {"band_h": draw(st.integers(0, 2)) * max(60, scale) / HOUR, "unit_min": draw(st.sampled_from([1, 1, 7]))}
    if name == "duty_lead":
        exempt = draw(st.sampled_from([(), (), ("base",), ("post", "crew")]))
        return {"rank_min": draw(st.integers(1, 2)), "exempt_kinds": exempt}
    if name == "police_lead_auxiliary":
        return {"per_lead": draw(st.integers(1, 2))}
    if name == "span_of_control":
        return {"most_span": draw(st.integers(1, 2))}
    if name == "reserve_share":
        return {"per": draw(st.integers(1, 2))}
    if name == "borrowed_cap":
        return {"most": draw(st.integers(0, 1))}
    if name == "home_area_first":
        most = draw(st.sampled_from([100, 0, 1, 2]))
        return {"most_km": most, "free_km": draw(st.integers(0, 1)), "borrowed_km": draw(st.integers(0, 2))}
    if name == "consecutive_duty_days":
        return {"most_days": draw(st.integers(0, 3))}
    if name in {"shortest_run_of_duty", "shortest_run_off"}:
        return {"least_days": draw(st.integers(1, 4))}
    if name == "weekends":
        long = ("monday", "wednesday", "thursday", "saturday", "sunday")
        days = draw(st.sampled_from([("saturday", "sunday"), long]))
        return {"most_weekends": draw(st.integers(0, 2)), "weekdays": days}
    if name == "total_hours":
        least = draw(st.integers(0, 8)) * scale // 60
        return {"least_min": least, "most_min": draw(st.sampled_from([least, least + 1, least + 4, 10**6]))}
    if name == "shift_type_cap":
        return {"most": draw(st.dictionaries(st.sampled_from(["E", "N"]), st.integers(0, 2)))}
    if name == "sequence":
        return {
            "barred": {"N": draw(st.sampled_from([(), ("E",), ("E", "N")]))},
            "night_to_morning": draw(st.booleans()),
            "night_min": max(1, draw(st.integers(1, 3)) * scale // 60),
            "morning_until_h": draw(of_day),
        }
    if name == "forward_rotation":
        return {"tolerance_h": draw(of_day)}
    if name == "two_officer":
        return {"least": draw(st.integers(1, 3)), "least_sworn": draw(st.integers(0, 2))}
    if name == "consecutive_nights":
        return {"most_nights": draw(st.integers(0, 2)), "night_min": max(1, draw(st.integers(1, 2)) * scale // 60)}
    if name == "weekly_rest":
        rest_h = draw(some_hours)
        window_s = max(1, round(rest_h * HOUR) + draw(st.integers(-1, 6)) * scale + draw(near_s))
        return {"rest_h": rest_h, "window_days": window_s / 86400}
    if name == "rest_after_night":
        return {
            "night_min": max(1, draw(st.integers(1, 2)) * scale // 60),
            "long_h": draw(some_hours),
            "same_tour_h": draw(hours),
        }
    if name == "balanced_burdens":
        kinds = st.sampled_from(["night", "holiday", "armed"])
        return {"burdens": draw(st.lists(kinds, min_size=1)), "band": draw(st.integers(0, 1)), "night_min": 1}
    if name == "night_average":
        return {"average_h": draw(st.integers(0, 24)), "all_people": draw(st.booleans())}
    if name == "duty_pattern":
        letters = st.sampled_from(["E", "E", "N", "N", "-", "*"])
        pattern = draw(st.lists(letters, min_size=2, max_size=4))
        return {"pattern": pattern, "phase": draw(st.sampled_from([-1, -1, -1, 0, 3]))}
    if name == "stability":
        return {"near_h": draw(hours), "near_weight": draw(st.integers(1, 3))}
    if name == "standing_time":
        pause = max(1, draw(st.integers(1, 3)) * scale // 60)
        return {"longest_h": min(24, draw(some_hours)), "pause_min": pause}
    if name == "minimum_duty":
        return {"least_duties": draw(st.integers(1, 2))}
    if name == "home_distance":
        return {"most": draw(st.integers(0, 2)), "measure": draw(st.sampled_from(["km", "min"]))}
    if name == "duty_level":
        return {"share_pct": draw(st.sampled_from([0, 34, 50, 67, 100]))}
    if name == "weather_limit":
        limits = draw(st.sampled_from([{}, {}, {"stop_c": 38}, {"limit_c": 20}, {"cold_c": 20}, {"cold_c": 37}]))
        return {"most_h": min(24, draw(hours)) / draw(st.sampled_from([1, 3])), **limits}
    if name == "volunteers":
        return {
            "volunteer": ["steward"],
            "training": draw(st.sampled_from(["", "driving"])),
            "per_guide": draw(st.integers(1, 2)),
        }
    if name == "total_with_other_work":
        whom = {"everyone": draw(st.booleans())}
        return {"day_h": draw(of_day), "week_h": draw(hours), "window_days": draw(st.integers(2, 4)), **whom}
    if name == "report_time":
        exempt = draw(st.sampled_from([("base",), (), ("post", "crew")]))
        return {"least_min": min(480, draw(st.integers(0, 2)) * max(1, scale // 60)), "exempt_kinds": exempt}
    if name == "handover":
        return {"least_min": min(240, draw(st.integers(0, 8)) * scale // 60)}
    if name == "pairing":
        pairs = [f"P{a}+P{b}" for b in range(n_people) for a in range(b)]
        side = {pair: draw(st.sampled_from(["together", "apart", "free"])) for pair in pairs}
        return {word: [pair for pair in pairs if side[pair] == word] for word in ("together", "apart")}
    return {}
