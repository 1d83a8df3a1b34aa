"""What a reader's session runs: the same three lines as ``streamlit_app.py``, inside the package."""

from app_pages.frame import main

main()
