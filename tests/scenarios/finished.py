"""A plan as a finished job, without the search that would have made it."""

from dataclasses import asdict

from scenarios import drafts, jobs
from scenarios.plan import Plan
from scenarios.view import PlanView
from scenarios.viewfile import write_view


def finished(
    view: PlanView, plan: Plan | None = None, *, source: drafts.Source | None = None, exit_code: int = 0
) -> jobs.Job:
    """A job that the store was never told of; of the shipped crossroads unless a source is given."""
    new = jobs.new_id()
    folder = jobs.home() / "jobs" / new
    (folder / "out").mkdir(parents=True)
    if plan is not None:
        (folder / "out" / "plan.json").write_text(plan.dumps(), encoding="utf-8")
    write_view(view, folder / "out" / "view.json.gz")
    request = {
        "scenario": source.base if source else "crossroads",
        "whatifs": [str(path) for path in source.patches] if source else [],
        "base_plan": None, "source": source.ref if source else "crossroads",
        "title": source.label if source else "crossroads", "out": str(folder / "out"),
        "created": "2026-06-01T08:00:00+00:00", "options": asdict(jobs.Options(workers=1)),
    }  # fmt: skip
    jobs.write_json(folder / "request.json", request)
    jobs.write_json(folder / "result.json", asdict(jobs.Result("done", exit_code, 1.0, has_plan=True)))
    return jobs.read(new)
