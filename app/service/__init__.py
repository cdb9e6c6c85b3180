"""Other people's services: one request out, one result back. Knows no flow, no customer and no database."""
