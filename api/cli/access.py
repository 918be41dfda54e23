"""``regesta user`` and ``regesta token``: who may come in."""
