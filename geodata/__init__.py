"""Maps in, arrays out: networks, travel seconds, coverage, rail sections and sites."""
