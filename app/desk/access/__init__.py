"""Who may use the pages: accounts, signing in, sessions, rights. Knows no conversation."""
