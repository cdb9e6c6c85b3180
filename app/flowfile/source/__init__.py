"""Files of a bot's folder as trees of nodes with places. Never knows what a key means."""
