"""The engine, held by transcripts: what a customer does, what the bot answers."""
