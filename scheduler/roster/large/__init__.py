"""Rosters of thousands of people: exchanges of single duties by the million, and a bound that prices each person."""
