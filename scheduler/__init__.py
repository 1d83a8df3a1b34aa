"""Numbers in, plan out: siting, patrols and rosters as optimisation problems. Knows no geometry."""
