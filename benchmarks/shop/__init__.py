"""A made-up shop for the benchmark of products: its feed, and what customers ask of it."""
