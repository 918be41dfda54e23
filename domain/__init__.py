"""What may happen and what then is true. Pure: pydantic and the standard library."""
