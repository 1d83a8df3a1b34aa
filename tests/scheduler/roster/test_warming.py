"""What ``make`` compiles while setting up: every kernel of rosters, or the first plan of a day waits for it."""

import importlib
import pkgutil

from numba.core.dispatcher import Dispatcher

import scheduler.roster
from scheduler.roster.warming import warm_up


def kernels():
    found = {}
    for module in pkgutil.walk_packages(scheduler.roster.__path__, "scheduler.roster."):
        if ".rules." not in module.name:
            made = importlib.import_module(module.name)
            found |= {f"{one.py_func.__module__}.{name}": one for name, one in vars(made).items()
                      if isinstance(one, Dispatcher) and one.py_func.__module__ == made.__name__}
    return found


def test_every_kernel_is_compiled_before_the_first_roster():
    warm_up()
    cold = sorted(name for name, one in kernels().items() if not one.signatures)
    assert [name for name in cold if "._" not in name] == []  # private ones are compiled into those that call them
