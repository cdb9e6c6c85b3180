"""The desk for other programs: the same deeds and lists as JSON, for whoever has a key. No page, no cookie."""
