"""Streamlit pages of the front end: read state, call into scenarios, draw."""
