"""What people make at the desk, kept: projects, scenarios, versions, plans, pins, edits with undo, an audit trail."""
