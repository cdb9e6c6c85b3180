"""The architecture as tests: arrows, absences, sizes, papers. Each failure says what to write instead."""
