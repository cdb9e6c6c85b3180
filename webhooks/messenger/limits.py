"""Every limit of Messenger that we keep, in one table, each with its reason. Never enforces one.

D: in Meta's documentation. O: our own, tighter than Meta's or where Meta names none.
"""

from __future__ import annotations

# ---- what comes in ------------------------------------------------------------------------------------------

BODY_BYTES_MAX = 1024 * 1024
"""O: Meta names no limit; a thousand items fit with room to spare."""
BODY_SECONDS_MAX = 10.0
"""O: a sender that needs longer for 1 MiB is not Meta, which itself gives up after 5 s (D)."""
BODIES_BYTES_MAX = 64 * 1024 * 1024
"""O: all bodies that are still coming in, together: nobody has signed them yet."""
SMALL_BODY_BYTES = 64 * 1024
"""O: bodies up to this size are taken even then; Meta's are a few kB."""
WAITING_MAX = 500
"""O: deliveries that wait at once to be written: 500 are written within a second, and Meta comes again with the others."""
DEPTH_MAX = 50
"""O: real bodies nest about ten deep; deeper ones only cost stack."""
RAW_CHARS_MAX = 64 * 1024
"""O: enough of an unreadable item to understand it."""
SIGNED_REQUEST_CHARS_MAX = 4_096
"""O: Meta's are about 200 characters."""
SIGNED_REQUEST_SECONDS_MAX = 24 * 60 * 60
"""O: Meta signs a deletion request when it sends it."""
TEXT_CHARS_IN_MAX = 20_000
"""O: ten times what a customer can type in Messenger (D: 2,000)."""
PAYLOAD_CHARS_MAX = 1_000
"""D: payload of a quick reply, button, menu entry or Get Started."""
TITLE_CHARS_IN_MAX = 300
"""O: titles that come back are at most 80 (D); ads' titles may be longer."""
REF_CHARS_MAX = 2_083
"""D: `ref` of an m.me link."""
URL_CHARS_MAX = 4_096
"""O: signed media addresses run to about 1,000."""
ID_CHARS_MAX = 128
"""O: ids are numbers of up to 20 digits today."""
MID_CHARS_MAX = 512
"""O: message ids are about 150 characters today."""
EDITS_MAX = 5
"""D: how often a customer can change a message."""
ATTACHMENTS_MAX = 100
"""O: Messenger lets people pick 30 pictures at once."""
CLOCK_AHEAD_SECONDS_MAX = 300
"""O: a time stamp further in the future than clocks differ would keep a window open for too long."""

# ---- what goes out ------------------------------------------------------------------------------------------

TEXT_CHARS_MAX = 1_900
"""D: under 2,000 characters; O: whether code points or something longer is meant is not said, so some are spared."""
PERSONA_NAME_CHARS_MAX = 50
"""D"""
QUICK_REPLIES_MAX = 13
"""D"""
QUICK_REPLY_TITLE_CHARS_MAX = 20
"""D"""
BUTTONS_MAX = 3
"""D: button template."""
BUTTON_TITLE_CHARS_MAX = 20
"""D"""
BUTTON_TEXT_CHARS_MAX = 640
"""D: text of a button template."""
CARDS_MAX = 10
"""D: generic template."""
CARD_CHARS_MAX = 80
"""D: title and subtitle of a card of the generic template, and of a coupon; subtitle of a request for feedback."""
FEEDBACK_TITLE_CHARS_MAX = 65
"""D: customer feedback template."""
IMAGES_MAX = 30
"""D: pictures in one message."""
GRID_IMAGES_MAX = 6
"""D: image grid."""
GRID_TITLE_CHARS_MAX = 45
"""D: image grid."""
PRODUCTS_MAX = 10
"""D: product template."""
UTILITY_VALUE_CHARS_MAX = 1_000
"""O: Meta names no limit for what fills a hole of a utility template."""
RECEIPT_ITEMS_MAX = 100
"""D: receipt template."""
QUESTION_CHARS_MIN, QUESTION_CHARS_MAX = 5, 85
"""D: question of the customer feedback template."""
PAGE_INBOX_APP_ID = "263902037430900"
"""D: the inbox in which a Page's people answer."""
METADATA_CHARS_MAX = 999
"""D: under 1,000."""
MESSAGES_PER_SECOND = 300.0
"""D: texts, links, reactions and stickers of one Page."""
MEDIA_PER_SECOND = 10.0
"""D: sound and film of one Page."""
USAGE_HIGH, USAGE_FULL = 80.0, 100.0
"""O, D: percent of the allowance from which we go slowly, and at which Meta takes nothing more."""
USAGE_PER_SECOND_MOST, USAGE_PER_SECOND_LEAST = 10.0, 0.5
"""O: messages a second just above USAGE_HIGH, and just below USAGE_FULL."""
USAGE_WAIT_SECONDS = 300.0
"""O: how long a full Page waits when Meta names no time."""
NAME_CHARS_MAX = 50
"""O: a first or a last name; D: what Facebook takes."""
NAMES_AGAIN_SECONDS = 3600.0
"""O: how long a Page that may not ask for names does not ask."""
UPLOAD_REUSE_SECONDS = 24 * 3600.0
"""D: an id lives for 90 days; O: a shop that puts another picture at the same address wants it seen sooner."""
UPLOAD_CONTENT_REUSE_SECONDS = 89 * 24 * 3600.0
"""The same for a file that is known by its content: nothing else can stand in its place. A day less than Meta says."""
UPLOAD_ID_CHARS_MAX = 200
"""O: an id of Meta's is about 17 digits."""
UPLOADS_MAX = 1_000
"""O: files that one process remembers."""
USAGE_WAIT_SECONDS_MAX = 24 * 3600.0
"""O: Meta counts the allowance over 24 hours (D), so that a longer wait is none of its numbers."""
USAGE_KEPT_SECONDS = 300.0
"""O: how long its word on the allowance holds: it tells none where little is used."""
PACE_SECONDS_MAX = 1.0
"""O: how long a message waits here for its turn; one that must wait longer goes back to the outbox."""
BATCH_MAX = 50
"""D: requests in one Graph batch."""

# ---- time and the network -----------------------------------------------------------------------------------

WINDOW_SECONDS = 24 * 3600
"""D: how long after the customer's last move the Page may write."""
LONG_WINDOW_SECONDS = 7 * 24 * 3600
"""D: the same for a person's answer (tag HUMAN_AGENT) and for a request for feedback (tag CUSTOMER_FEEDBACK)."""
WINDOW_MARGIN_SECONDS = 300
"""O: a message that waits in a queue, or a clock that is off, must not miss the window's end."""
CONNECT_SECONDS_MAX = 5.0
"""O: also how long a request waits for a free connection."""
SEND_SECONDS_MAX = 30.0
"""O: Graph fetches media before it answers; later answers than this are looked up."""
LOOK_UP_SECONDS_MAX = 10.0
"""O: the customer's next message waits for it."""
ANSWER_BYTES_MAX = 64 * 1024
"""O: an answer has about 100 bytes, an error about 500."""
LISTING_BYTES_MAX = 256 * 1024
"""O: 50 answers of a batch, or 20 messages of 2,000 characters at up to 6 bytes each."""
CONNECTIONS_MAX = 256
"""O: more at once than one Page may use (D: 300 messages a second at about 0.2 s each)."""
IDLE_SECONDS_MAX = 15.0
"""O: an idle connection is dropped before the other side is likely to close it under a request."""
LOOK_UP_MESSAGES = 20
"""O: a look-up asks within seconds of the send; more than this was not said in between."""
SETUP_SECONDS_MAX = 10.0
"""O: a person waits for the commands that ask about a Page; all questions of one leave at once."""
PROFILE_WAIT_MINUTES = 10
"""D: 10 calls about a Page's profile in so many minutes."""
USAGE_PERCENT_HIGH = 80
"""O: from here on a busy hour may meet Meta's limit of calls."""
CLOCK_SKEW_SECONDS_MAX = 30
"""O: windows and timers are off by as much; Meta's `Date` itself has whole seconds."""
TOKEN_DAYS_MIN = 14
"""O: time enough to notice and to make a new token."""
