"""The conversation engine: a session and an event in, a session and effects out. Pure: no I/O, no clock, no chance."""
