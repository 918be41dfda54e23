"""Extracts (izraksti): what a register says of an entry, on paper and for machines, with what proves it."""
