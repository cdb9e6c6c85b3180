"""Finds the FAQ entry that a message means, by the words of its phrases. Pure: knows no flow, no customer and no answer's text."""
