"""Tests of the room that asks services."""
