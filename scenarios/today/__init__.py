"""The day itself: who is due and has reported, what happened, and the plan mended with the fewest changes."""
