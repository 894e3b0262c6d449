"""Measures the studio against its limits and its peers, in ratios of one run: `studio bench`."""
