"""A worker whose facade is a stand-in: ``fake_worker.py JOBDIR``. What it does is told by the scenario's name."""

import os
import signal
import sys
import time
import types
from pathlib import Path

from scenarios import jobs
from scenarios.errors import Fault, ScenarioError
from scheduler.outcome import Progress
from tests.scenarios.publish.webmap_town import town


def load_checked(name):
    if name == "wrong":
        raise ScenarioError(
            [Fault("people.csv", 7, "unit", "U9", "a unit id", "add U9 to units.csv")]
        )
    return name


def plan_scenario(name, *, seconds, seed, workers, repeatable, on_progress, stop, base_plan, on_desk):
    """Counts down a value, "long" without ever reaching the bound, until the limit or a stop."""
    if name == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "broken":
        raise ZeroDivisionError("a defect of ours")
    print(f"planning {name}", flush=True)
    on_progress(Progress("siting", "stage", "", None, None, 0.0, "choose posts"))
    on_progress(Progress("roster", "stage", "", None, None, 0.0, "fill seats"))
    began = time.monotonic()
    value, bound = 4000 if name == "long" else 40, 10
    while value > bound and not stop() and time.monotonic() - began < seconds:
        on_progress(Progress("roster", "solution", "hours", value, bound, time.monotonic() - began))
        value -= 1 if name == "long" else 10
        time.sleep(0.1)
    on_progress(Progress("roster", "done", "hours", value, bound, time.monotonic() - began))
    title = f"{name} seed {seed} workers {workers} repeatable {repeatable}"
    return types.SimpleNamespace(
        view=town(title=title), exit_code=0, plan=None, audit=None, report=None, outcomes={}
    )


def publish_all(planned, folder, on_progress):
    on_progress(Progress("papers", "stage", "", None, None, 0.0, "summary (1 of 1)"))
    path = Path(folder) / "summary.txt"
    path.write_text(planned.view.title, encoding="utf-8")
    return [path]


def stand_in(name, **members):
    module = types.ModuleType(f"scenarios.{name}")
    vars(module).update(members)
    sys.modules[f"scenarios.{name}"] = module


if __name__ == "__main__":
    stand_in("run", plan_scenario=plan_scenario, publish_all=publish_all)
    from scenarios import worker

    worker._load = lambda request: load_checked(request["scenario"])
    raise SystemExit(jobs.main(sys.argv[1:]))
