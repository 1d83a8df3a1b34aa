"""Siting: which posts to open, with which units, in which period."""
