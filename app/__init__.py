"""Frontdesk: a Messenger customer-service bot that a shop owner writes in YAML."""

__version__ = "0.1.0"
