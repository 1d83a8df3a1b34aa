"""Whole rosters of one person as columns: priced exactly by dynamic programming, for bounds and for better plans."""
