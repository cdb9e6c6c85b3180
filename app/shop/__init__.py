"""What customers open from their cards: links that count. Knows no channel and shows no page of its own."""
