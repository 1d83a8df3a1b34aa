"""The only place where maps and schedules meet: scenarios in, checked plans and papers out."""
