"""Every number that a flow file is held to, with its source. Never used while the bot runs: channels have their own tables.

Messenger's numbers are from its Send API and profile API pages (2026): what stands here is what the owner is told before going live.
Ours bound what a file may cost to read.
"""

from __future__ import annotations

from dataclasses import dataclass

# ---- Messenger's ---------------------------------------------------------------------------------------------

CHOICE_TITLE_CHARS_MAX = 20
"""Quick replies: title."""
CHOICES_MAX = 13
"""Quick replies: how many in one message."""
BUTTON_TITLE_CHARS_MAX = 20
"""Buttons of a template: title."""
BUTTONS_MAX = 3
"""Button template: how many."""
CARDS_MAX = 10
"""Generic template: cards side by side."""
CARD_CHARS_MAX = 80
"""Generic template: title and subtitle of a card; also title and subtitle of a coupon."""
FEEDBACK_TITLE_CHARS_MAX = 65
"""Customer feedback template: title, and what stands in the field for a comment."""
FEEDBACK_QUESTION_CHARS_MAX = 85
"""Customer feedback template: question."""
PICTURES_MIN = 2
"""Pictures in one message, and in an image grid: fewer are one picture."""
PICTURES_MAX = 30
"""Pictures in one message."""
GRID_PICTURES_MAX = 6
"""Image grid: pictures."""
GRID_TITLE_CHARS_MAX = 45
"""Image grid: title."""
CATALOGUE_PRODUCTS_MAX = 10
"""Product template: products side by side."""
UTILITY_VALUE_CHARS_MAX = 1_000
"""What fills one hole of a utility template. Ours: Meta tells no number, and a text as a whole has fewer than 2,000."""
TEXT_CHARS_MAX = 1_900
"""Message text: fewer than 2,000; the unit is not told, so a hundred are left."""
PAYLOAD_CHARS_MAX = 1_000
"""Payload of a quick reply, button, menu item or ice breaker. A tap carries a state's name and a title: NAME_CHARS_MAX and the titles'
own limits leave room for both and TAP_FRAME_CHARS_MAX, which a test holds."""
MENU_ITEMS_MAX = 20
"""Persistent menu: items."""
MENU_TITLE_CHARS_MAX = 30
"""Persistent menu: title."""
GREETING_CHARS_MAX = 160
"""Greeting."""
STARTERS_MAX = 4
"""Ice breakers: how many in one language."""
STARTER_CHARS_MAX = 80
"""Ice breakers: question."""
LINK_REF_CHARS_MAX = 2_083
"""m.me links: `ref`."""
PERSONA_NAME_CHARS_MAX = 50
"""Persona: name."""
COMMAND_NAME_CHARS_MAX = 32
"""Commands: name. Remembered; Meta's page of 2024 names no number, nor for the description."""
COMMAND_TEXT_CHARS_MAX = 64
"""Commands: description."""
DOMAINS_MAX = 50
"""Whitelisted domains."""

# ---- ours: what a tap carries besides state and key -----------------------------------------------------------

TAP_FRAME_CHARS_MAX = 64
"""`v1:`, the colons and the signature of a tap; generous, so that signing may change."""

# ---- ours: how long a placeholder can become -------------------------------------------------------------------

FILLED_CHARS_MAX = {
    "text": 200,
    "number": 15,
    "yes_no": 10,
    "email": 254,
    "phone": 16,
    "date": 20,
    "photo": 500,
    "place": 60,
    "said": 200,
    "next_opening": 40,
    "first_name": 50,
    "last_name": 50,
}
"""Longest value by slot kind or built-in name. E-mail and phone are the standards' own; a text may in fact be longer (the message is
then cut in two at run time), but nobody should have to write for that."""

# ---- ours: what a folder may hold ------------------------------------------------------------------------------

FILE_BYTES_MAX = 512 * 1024
"""A file of 512 kB holds a bot of some ten thousand sentences; more is a mistake or an attack."""
FEED_BYTES_MAX = 8 * 1024 * 1024
"""A product feed in the folder, some 10,000 products: it travels with every revision. Larger ones have an address or are imported."""
FOLDER_BYTES_MAX = 16 * 1024 * 1024
"""All files together: a bot of 10,000 states in two languages has some 4 MB."""
FOLDER_NODES_MAX = 1_000_000
"""Texts, lists and groups of all files together: that bot has 280,000. Each costs 5 µs and 300 bytes before anything is known of it."""
EXPLAINED_BYTES_MAX = 1024 * 1024
"""Of files with something odd, so much is read once more by the reader that explains best: it takes 2 to 5 s a MB. The rest gets
the quick reader's places."""
INCLUDES_MAX = 500
"""Files in one folder: 300 hold 10,000 states in pieces that a person can overlook."""
LINES_MAX = 20_000
"""Lines a file; long runs of short lines are what a YAML reader is slowest at."""
LINE_CHARS_MAX = 10_000
"""No text is longer than TEXT_CHARS_MAX, so no line needs this many."""
NODES_MAX = 20_000
"""Texts, lists and groups in one file."""
DEPTH_MAX = 20
"""Nesting; the language itself needs eight."""
LINK_WORDS_MAX = 20
"""Parameters behind the addresses of products: campaigns have five."""
SYNONYMS_MAX = 1_000
"""Groups of words that mean the same."""
FEED_ROWS_TOLD_MAX = 50
"""Rows of a feed that a check tells one by one; `frontdesk products import` tells more."""
LANGUAGES_MAX = 20
"""Languages of one bot; each one multiplies what is looked at."""
NAME_CHARS_MAX = 60
"""A name of a state, slot or team."""
CONDITION_CHARS_MAX = 500
"""A condition longer than this cannot be read by a person either."""
PATTERN_CHARS_MAX = 500
"""A pattern; RE2 bounds the rest."""
PATTERNS_MAX = 100
"""Patterns of one bot: the worst that RE2 takes costs 8 ms each time it is read."""
PATTERN_BYTES_MAX = 1 << 20
"""Memory for one compiled pattern: refuses `x{1000}{1000}`."""
ADDRESS_CHARS_MAX = 1_000
"""A web address as it is written: a product's is cut there by `engine/fill.py`, and half of a link opens nothing."""
KEEP_DAYS_MAX = 3_650
"""Ten years, the longest time that a value or a reminder may take: keeps dates within what every database stores."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long one kind of text may be: the problem's code, the owner's word for it, and the number.

    `for_customers`: they read it, so it should be there in each of the bot's languages.
    """

    code: str
    what: str
    chars_max: int
    for_customers: bool = True


TEXT = Limit("F304", "text", TEXT_CHARS_MAX)
CHOICE_TITLE = Limit("F301", "title of a choice", CHOICE_TITLE_CHARS_MAX)
BUTTON_TITLE = Limit("F301", "title of a button", BUTTON_TITLE_CHARS_MAX)
MENU_TITLE = Limit("F306", "title in the menu", MENU_TITLE_CHARS_MAX)
GREETING = Limit("F307", "greeting", GREETING_CHARS_MAX)
STARTER = Limit("F308", "starter", STARTER_CHARS_MAX)
VALUE = Limit("F304", "value", TEXT_CHARS_MAX, for_customers=False)
"""A code, an amount, a currency: the same in every language."""
CARD_TITLE = Limit("F311", "title of a card", CARD_CHARS_MAX)
CARD_SUBTITLE = Limit("F311", "subtitle of a card", CARD_CHARS_MAX)
FEEDBACK_TITLE = Limit("F311", "title of a request for feedback", FEEDBACK_TITLE_CHARS_MAX)
FEEDBACK_QUESTION = Limit("F311", "question of a request for feedback", FEEDBACK_QUESTION_CHARS_MAX)
COMMAND_NAME = Limit("F318", "name of a command", COMMAND_NAME_CHARS_MAX)
COMMAND_TEXT = Limit("F318", "description of a command", COMMAND_TEXT_CHARS_MAX)
GRID_TITLE = Limit("F311", "title of a grid of pictures", GRID_TITLE_CHARS_MAX)
UTILITY_VALUE = Limit("F304", "value of a utility message", UTILITY_VALUE_CHARS_MAX)
PERSONA_NAME = Limit("F310", "name of the persona", PERSONA_NAME_CHARS_MAX)
