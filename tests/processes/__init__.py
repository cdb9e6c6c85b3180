"""Real processes: their roles, what is durable when they die, and how they stop. Posix only in part; says so where it skips."""
