"""Made-up towns and events of any size, from a seed: street map, rail lines, venues, programme, units, people, rules.

What is written is an ordinary scenario folder. Nobody and nothing in it exists. The same size and seed give the same
bytes on every machine.
"""

from scenarios.generate.event import Event, generate, make_event
from scenarios.generate.sizes import SIZES, Size

__all__ = ["SIZES", "Event", "Size", "generate", "make_event"]
