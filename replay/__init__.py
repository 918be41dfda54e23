"""Running history again: import and export, rebuild, compare, reconstruction, report, reconciliation."""
