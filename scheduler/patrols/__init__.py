"""Patrols: who passes where and when, so that every longest gap and window is kept with few crews."""
