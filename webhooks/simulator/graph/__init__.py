"""Meta's Graph API as far as a bot uses it: sends, batches, look-ups, profiles, thread control. Never decides what a customer does."""
