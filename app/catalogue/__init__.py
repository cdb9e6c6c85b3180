"""Chooses products: which fit a wish, in what order. Pure: knows no flow, no customer and no file."""
