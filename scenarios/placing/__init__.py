"""Places of a scenario as they are edited on a map: what lies where, what an edit writes, what a file or the map gives.

All of it reads the scenario as written (``Raw``), so that a place that is wrong can be seen and put right.
"""
