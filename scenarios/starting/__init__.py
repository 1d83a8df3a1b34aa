"""New scenarios: from a shipped one, from a map file, from a workbook; what is needed least, the rest by default."""
