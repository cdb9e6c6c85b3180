"""Messenger: Meta's webhooks in, its Send API out. Holds every word of Meta's; never speaks SQL, never decides what the bot says."""
