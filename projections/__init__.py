"""What is derived: registers on both time axes, the acts fact table, measures and yearly statistics."""
