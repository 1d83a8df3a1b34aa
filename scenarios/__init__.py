"""Where maps and numbers meet: scenarios, demand, plans, papers and the command line."""
