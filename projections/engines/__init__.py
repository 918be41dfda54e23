"""Engines that count over an archive of the acts: the same rules as over the database, without one."""
