"""Several servers on one PostgreSQL behind nginx, with README's own file: killed, frozen and upgraded under load."""
