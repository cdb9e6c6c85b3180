"""The real server, killed in the middle of its work. Black-box: imports nothing of the product, only starts it."""
