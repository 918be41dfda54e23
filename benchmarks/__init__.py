"""Measured against peers and the machine's own limits, as ratios within one run."""
