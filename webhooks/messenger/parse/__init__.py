"""Meta's JSON to our items. Pure: no I/O, no clock; never raises, whatever the JSON is.

fields.py      single values out of hostile JSON: texts, ids, moments, keys
messages.py    what customers say and tap, and the echoes of what the Page says
facts.py       every other kind of a thread: reactions, receipts, thread control, opt-ins ...
changes.py     the `changes` of an entry: comments, template reviews, the dashboard's form of messaging events
envelope.py    the body as a whole: entries, lists of items, order
"""

from webhooks.messenger.parse.envelope import parse, parse_again

__all__ = ["parse", "parse_again"]
