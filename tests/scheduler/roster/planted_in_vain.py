"""Faults that no case can show, by rule, each with the reason: what is planted there changes nothing that counts."""

EMPTY = "an empty crowd or span holds nobody: its row is no row, its sum is 0"
NOTHING = "a term or row that weighs nothing, or an amount of 0, is left out either way"
TOLD = "changes what a finding tells (when, beside whom), not its amount"
TIES = "orders what comes at the same moment; no amount depends on it"
TWICE = "said twice: another condition keeps it alone"
STATE = "another name of the same state: a rested person begins anew with the next duty all the same"
LENGTH = "only the number of days is read"
BOUND = "any number large (or low) enough does"
SMALL = "less than the unit of account can show"
CLIPPED = "what lies outside is cut to nothing, and nothing is held there"
REFUSED = "what no price can buy is refused at any amount"
SPEED = "spares work that would come to 0"

IN_VAIN = {
    "balanced_hours": {
        "form rows: 3600 -> 3601 in params.band_h * 3600": SMALL,
        "check check: 3600 -> 3601 in params.band_h * 3600": SMALL,
    },
    "base_coverage": {
        "form rows: if unit.base_need < 1 or not groups -> never": EMPTY,
        "form rows: unit.base_need < 1 or not groups -> unit.base_need < 1 and (not groups)": EMPTY,
    },
    "borrowed_cap": {
        "form rows: if not groups or not strangers -> never": EMPTY,
        "form rows: not groups or not strangers -> not groups and (not strangers)": EMPTY,
    },
    "consecutive_nights": {
        "form _over: problem.nights -> ()": STATE,
        "form _over: if finish > t_s -> always": STATE,
        "form _over: finish > t_s -> finish >= t_s": STATE,
        "form _over: 1 -> 2 in n - 1": STATE,
        (
            "form start: _over(problem, min([0, *(g.report_s for g in problem.groups)])) + 1 -> _over(problem, mi"
            "n([0, *(g.report_s for g in problem.groups)])) - 1"
        ): STATE,
        "form start: 0 -> 1 in [0, *(g.report_s for g in problem.groups)]": STATE,
        "form start: g.report_s -> g.start_s": STATE,
    },
    "duty_lead": {
        "check check: a < watch.end_s -> a <= watch.end_s": CLIPPED,
        "check check: a < watch.end_s and b > watch.start_s -> a < watch.end_s or b > watch.start_s": CLIPPED,
        "check check: b > watch.start_s -> b >= watch.start_s": CLIPPED,
        "check check: if a < watch.end_s and b > watch.start_s -> always": CLIPPED,
        "check check: if spans[g][0] < watch.end_s and spans[g][1] > watch.start_s -> always": CLIPPED,
        "check check: spans[g][0] < watch.end_s -> spans[g][0] <= watch.end_s": CLIPPED,
        (
            "check check: spans[g][0] < watch.end_s and spans[g][1] > watch.start_s -> spans[g][0] < watch.e"
            "nd_s or spans[g][1] > watch.start_s"
        ): CLIPPED,
        "check check: spans[g][1] > watch.start_s -> spans[g][1] >= watch.start_s": CLIPPED,
        (
            "form rows: (start < watch.end_s) & (end > watch.start_s) -> (start < watch.end_s) | (end > watc"
            "h.start_s)"
        ): CLIPPED,
        "form rows: end > watch.start_s -> end >= watch.start_s": CLIPPED,
        "form rows: if not len(bound) -> never": EMPTY,
        "form rows: if not others -> never": EMPTY,
        "form rows: if watch.unit not in crowds -> always": SPEED,
        "form rows: np.minimum(len(others), most[bound]) -> np.maximum(len(others), most[bound])": BOUND,
        "form rows: start < watch.end_s -> start <= watch.end_s": CLIPPED,
        "form rows: if leads -> always": EMPTY,
    },
    "duty_level": {
        "check check: 0 -> 1 in params.share_pct == 0": SPEED,
        "check check: if params.share_pct == 0 -> never": SPEED,
        "check check: params.share_pct -> params.share_pct + 1": SPEED,
        "form rows: if not params.share_pct -> never": SPEED,
        "form rows: params.share_pct -> params.share_pct + 1": SPEED,
        "form rows: if crowd -> always": EMPTY,
    },
    "duty_pattern": {
        "form start: 1 -> 2 in 1 << len(params.pattern)": BOUND,
        "check check: if person.worked -> always": TOLD,
        "check check: if person.worked -> never": TOLD,
        "check check: person.worked -> () #2": TOLD,
    },
    "forward_rotation": {
        "check check: one.release_s -> one.end_s": TIES,
    },
    "handover": {
        "form fits: 10 -> 11 in 10 ** 12": BOUND,
        "form fits: 12 -> 13 in 10 ** 12": BOUND,
    },
    "home_area_first": {
        "form fits: 1 -> 2 in -1": BOUND,
    },
    "home_distance": {
        "check check: 1 -> 2 in 1 if lost else math.ceil(way - params.most)": REFUSED,
    },
    "hours_cap": {
        "check check: if sum(paid) + sum((minutes(w.paid_s) for w in person.worked)) <= cap -> never": SPEED,
        "check check: problem.groups[g].paid_s -> problem.groups[g].paid_s + 60": SPEED,
        (
            "check check: sum(paid) + sum((minutes(w.paid_s) for w in person.worked)) <= cap -> sum(paid) + "
            "sum((minutes(w.paid_s) for w in person.worked)) < cap"
        ): SPEED,
        "check check: w.paid_s -> w.paid_s + 60": SPEED,
        (
            "form rows: (report >= begin) & (report < begin + length_s) -> (report >= begin) | (report < beg"
            "in + length_s)"
        ): SPEED,
        (
            "form rows: if not scope.hard and (not ((report >= begin) & (report < begin + length_s)).any()) "
            "-> never"
        ): SPEED,
        "form rows: if scope.hard -> never": SPEED,
        "form rows: if scope.hard and (not len(groups)) -> never": SPEED,
        "form rows: not scope.hard -> scope.hard": SPEED,
        "form rows: report < begin + length_s -> report <= begin + length_s": SPEED,
        "form _windows: 1 -> 2 in -1": BOUND,
        "form _windows: bisect_left(starts, begin + length_s) - 1 -> bisect_left(starts, begin + length_s) + 1": BOUND,
        "form rows: if before not in windows -> always": SPEED,
        "form rows: pay > 0 -> pay >= 0": NOTHING,
    },
    "maximum_tour": {
        "form _excess_min: if state is None -> never": STATE,
        "form _excess_min: 0 -> 1 in return 0": STATE,
        "form step: if state is not None and t_s - state[1] >= hours_s(params.gap_h) -> never": STATE,
        "form step: t_s - state[1] >= hours_s(params.gap_h) -> t_s - state[1] > hours_s(params.gap_h)": STATE,
        "form step: params.gap_h -> params.gap_h + 1": STATE,
        (
            "form step: state is not None and joined is not None and (joined[0] == state[0]) -> state is not None"
            " or joined is not None or joined[0] == state[0]"
        ): STATE,
        "form step: if same -> always": STATE,
        "check check: 0 -> 1 in until_s = 0": TWICE,
    },
    "night_average": {
        "form rows: if group.paid_s > 0 -> always": NOTHING,
        "form rows: group.paid_s > 0 -> group.paid_s >= 0": NOTHING,
        "form rows: group.paid_s -> group.paid_s + 60 #2": NOTHING,
    },
    "no_double_duty": {
        (
            "check check: min(spans[i][1], spans[j][1]) - max(spans[i][0], spans[j][0]) -> min(spans[i][1], spans"
            "[j][1]) + max(spans[i][0], spans[j][0])"
        ): TOLD,
        "check check: min(spans[i][1], spans[j][1]) -> max(spans[i][1], spans[j][1])": TOLD,
        "check check: max(spans[i][0], spans[j][0]) -> min(spans[i][0], spans[j][0])": TOLD,
        "check check: 0 -> 1 in spans[i][0]": TOLD,
        "check check: 0 -> 1 in spans[j][0]": TOLD,
        "check check: spans[j][1] > spans[i][0] -> spans[j][1] >= spans[i][0]": TIES,
        "check check: 2 -> 3 in :2": TIES,
        "check check: 2 -> 3 in :2 #2": TIES,
    },
    "pairing": {
        "check check: p == at[who] -> p != at[who]": TOLD,
    },
    "police_lead_auxiliary": {
        "form rows: if led -> always": EMPTY,
        "form rows: if leads -> always": EMPTY,
    },
    "qualification_valid": {
        "form fits: if not asked.any() -> never": SPEED,
    },
    "rest_after_night": {
        "form follows_table: missing_s > 0 -> missing_s >= 0": NOTHING,
        "form follows: problem.days -> tuple((t + 60 for t in problem.days))": LENGTH,
        "form follows: missing_s <= 0 -> missing_s < 0": NOTHING,
        "check check: 0 -> 1 in max([min(end_s, b) - max(start_s, a) for a, b in problem.nights], default=0)": SMALL,
    },
    "sequence": {
        "check check: 0 -> 1 in max(shared, default=0)": SMALL,
    },
    "shift_type_cap": {
        "form rows: if terms -> always": EMPTY,
    },
    "shortest_run_of_duty": {
        "form start: params.least_days -> params.least_days + 1": STATE,
        "form start: if state.core == params.least_days -> never": STATE,
        "form start: params.least_days -> params.least_days + 1 #2": STATE,
    },
    "stability": {
        "form rows: 1 -> 2 in -1 if g in kept else 1": TWICE,
        "form rows: g in kept -> g not in kept #2": NOTHING,
    },
    "standing_time": {
        "form _excess_min: if state is None -> never": STATE,
        (
            "form _excess_min: 0 -> 1 in 0 if state is None else max(0, -((hours_s(params.longest_h) - state[1] +"
            " state[0]) // 60))"
        ): STATE,
        "form step: if state is not None and t_s - state[1] >= pause_s -> never": STATE,
        "form step: t_s - state[1] >= pause_s -> t_s - state[1] > pause_s": STATE,
        "check check: 0 -> 1 in max((problem.groups[h].end_s for h in stretches[-1]), default=0)": TWICE,
        (
            "check check: 0 -> 1 in max((problem.groups[h].end_s for h in stretches[-1]), default=0) if stretches"
            " else 0"
        ): TWICE,
    },
    "total_hours": {
        "form rows: if n -> always": NOTHING,
        "check check: params.most_min -> params.most_min + 1 #2": TOLD,
        "check check: params.least_min -> params.least_min + 1 #2": TOLD,
    },
    "total_with_other_work": {
        "form _windows: len(problem.days) - 1 -> len(problem.days) + 1": CLIPPED,
        "form _windows: problem.days -> tuple((t + 60 for t in problem.days))": LENGTH,
        "form _windows: if max(0, a) < min(n, b) -> always": CLIPPED,
        "form _windows: max(0, a) < min(n, b) -> max(0, a) <= min(n, b)": CLIPPED,
        "form _windows: max(0, a) -> min(0, a)": CLIPPED,
        "form _windows: min(n, b) -> max(n, b)": CLIPPED,
        "form rows: if group.report_s < finish and begin < group.release_s -> always": CLIPPED,
        (
            "form rows: group.report_s < finish and begin < group.release_s -> group.report_s < finish or begin <"
            " group.release_s"
        ): CLIPPED,
        "form rows: group.report_s < finish -> group.report_s <= finish": CLIPPED,
        "form rows: begin < group.release_s -> begin <= group.release_s": CLIPPED,
        "form rows: if bound -> always": EMPTY,
        "check check: len(problem.days) - 1 -> len(problem.days) + 1": BOUND,
        "check check: problem.days -> tuple((t + 60 for t in problem.days))": LENGTH,
        "check check: if not inside -> never": EMPTY,
    },
    "transfer_time": {
        "check check: 4 -> 5 in a[4]": TWICE,
        "check check: 4 -> 5 in b[4]": TWICE,
        "check check: 1 -> 2 in Finding(1, (person.id,), where, a[1], b[0], {'unreachable': True})": REFUSED,
    },
    "two_officer": {
        "form rows: if sworn -> always": EMPTY,
        "form rows: if mine and least -> always": EMPTY,
        "form rows: mine and least -> mine or least": EMPTY,
    },
    "volunteers": {
        "check check: if mine -> always": SPEED,
        "form rows: if not crowd -> never": EMPTY,
        "form rows: if lacks and scope.allowed[p, g] -> always": NOTHING,
        "form rows: if others -> always": EMPTY,
    },
    "weather_limit": {
        "form rows: if minutes -> always": NOTHING,
        "form rows: if scope.allowed[p, g] -> always": NOTHING,
        "form rows: problem.days -> tuple((t + 60 for t in problem.days)) #3": LENGTH,
        "form rows: if a < finish and begin < b -> always": CLIPPED,
        "form rows: a < finish and begin < b -> a < finish or begin < b": CLIPPED,
        "form rows: a < finish -> a <= finish": CLIPPED,
        "form rows: begin < b -> begin <= b": CLIPPED,
        "form rows: if any(coef.values()) -> always": EMPTY,
        "check check: problem.days -> tuple((t + 60 for t in problem.days))": LENGTH,
        "check check: if begin < finish -> always": CLIPPED,
        "check check: begin < finish -> begin <= finish": CLIPPED,
    },
    "weekends": {
        "form _feed: if (weekday - 1) % 7 not in free -> never": TWICE,
        "check check: problem.days -> tuple((t + 60 for t in problem.days))": LENGTH,
        "check check: problem.days -> tuple((t + 60 for t in problem.days)) #2": LENGTH,
        "check check: a < days.stop -> a <= days.stop": EMPTY,
    },
    "weekly_rest": {
        "form _excess_min: if state is None -> never": STATE,
        (
            "form _excess_min: 0 -> 1 in 0 if state is None else max(0, -((_longest_s(params) - state[1] + state["
            "0]) // 60))"
        ): STATE,
        "form step: t_s - state[1] >= hours_s(params.rest_h) -> t_s - state[1] > hours_s(params.rest_h)": STATE,
        "form step: params.rest_h -> params.rest_h + 1": STATE,
        "form step: if rested -> never": STATE,
        (
            "form step: state is not None and joined is not None and (joined[0] == state[0]) -> state is not None"
            " or joined is not None or joined[0] == state[0]"
        ): STATE,
        "form step: if same -> always": STATE,
    },
}
