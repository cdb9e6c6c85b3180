"""Every limit of the local Messenger with its reason. M: Meta's, enforced on the bot; O: ours, so that memory stays bounded."""

from __future__ import annotations

# ---- Meta's, for what the bot sends -------------------------------------------------------------------------

TEXT_CHARS_MAX = 1_999
"""M: text is under 2,000 characters."""
METADATA_CHARS_MAX = 999
"""M: metadata is under 1,000 characters."""
QUICK_REPLIES_MAX = 13
"""M"""
TITLE_CHARS_MAX = 20
"""M: title of a quick reply or a button."""
PAYLOAD_CHARS_MAX = 1_000
"""M: payload of a quick reply, button, menu entry or Get Started."""
BUTTONS_MAX = 3
"""M: buttons of a button template or of one card."""
BUTTON_TEXT_CHARS_MAX = 640
"""M: text of a button template."""
CARDS_MAX = 10
"""M: elements of a generic template."""
ELEMENTS_MAX = 100
"""M: elements of a receipt."""
FEEDBACK_TITLE_CHARS_MAX = 65
"""M: customer feedback template."""
QUESTION_CHARS_MAX = 85
"""M: question of the customer feedback template."""
QUESTION_CHARS_MIN = 5
"""M"""
QUESTION_ID_CHARS_MAX = 80
"""M: letters, digits and underscores."""
PLACEHOLDER_CHARS_MAX = 65
"""M: what stands in the box for more words of a feedback form."""
FEEDBACK_DAYS_MAX = 7
"""M: how long a feedback form may be open; a day where nothing is said."""
OPT_IN_TITLE_CHARS_MAX = 65
"""M: title of a request for notifications."""
PRODUCTS_MAX = 10
"""M: elements of a product template."""
GRID_IMAGES_MIN = 2
"""M"""
GRID_IMAGES_MAX = 6
"""M: images of an image grid."""
GRID_TITLE_CHARS_MAX = 45
"""M: title of an image grid."""
CONTROL_METADATA_CHARS_MAX = 1_000
"""M: metadata of a thread control."""
REF_CHARS_MAX = 2_083
"""M: `ref` of an m.me link."""
EDITS_MAX = 5
"""M: how often a customer may change a message."""
NAME_CHARS_MAX = 300
"""O: names, numbers and titles of a receipt; Meta names no limit."""
CARD_CHARS_MAX = 80
"""M: title and subtitle of a card."""
MENU_ITEMS_MAX = 20
"""M: entries of the persistent menu."""
MENU_TITLE_CHARS_MAX = 30
"""M"""
GREETING_CHARS_MAX = 160
"""M"""
PROFILE_CALLS_MAX = 10
"""M: calls about a Page's profile in PROFILE_CALLS_MS."""
PROFILE_CALLS_MS = 10 * 60 * 1000
"""M"""
PERSONA_NAME_CHARS_MAX = 50
"""M"""
PERSONAS_MAX = 100
"""O: a Page writes under a few names."""
IMAGES_MAX = 30
"""M: images in one message."""
BATCH_MAX = 50
"""M: requests in one Graph batch."""
WINDOW_MS = 24 * 3600 * 1000
"""M: how long after the customer's last move anything may be written; an owner of a thread loses it then, too."""
TAG_WINDOW_MS = 7 * WINDOW_MS
"""M: how long the tags HUMAN_AGENT and CUSTOMER_FEEDBACK reach."""
PRIVATE_REPLY_MS_MAX = TAG_WINDOW_MS
"""M: how long after a comment its one private reply may be sent."""
EXTENSION_SECONDS_MAX = 7 * 24 * 3600
"""M: how long an app may keep a thread without the customer."""
UPLOAD_BYTES_MAX = 25 * 1024 * 1024
"""M: an uploaded file."""
UPLOAD_MS_MAX = 90 * WINDOW_MS
"""M: how long the id of an upload can be used."""
SENDS_PER_SECOND_MAX = 300
"""M: per Page; held with `enforce_rates` only, because benchmarks ask for more."""
MEDIA_SENDS_PER_SECOND_MAX = 10
"""M: sounds and films per Page; held with `enforce_rates` only."""
LOOK_UPS_PER_SECOND_MAX = 2
"""M: Conversations API per Page; held with `enforce_rates` only."""

# ---- Meta's, for its webhooks -------------------------------------------------------------------------------

WEBHOOK_SECONDS_MAX = 5.0
"""M: no 200 within 5 s counts as a failure, and the webhook comes again."""
RETRY_SECONDS_FIRST = 1.0
"""O: Meta's schedule is not published. The second attempt is at once, the third after this, then twice as long each time."""
RETRY_SECONDS_MAX = 20.0
"""O: long enough to be a burden, short enough to be seen on a laptop."""
RETRY_MS_MAX = 36 * 3600 * 1000
"""M: general Graph webhooks are given up after 36 hours."""

# ---- ours ---------------------------------------------------------------------------------------------------

THREADS_MAX = 20_000
"""O: twice the customers of the largest benchmark; beyond it the thread that was quiet the longest is forgotten."""
ENTRIES_MAX = 400
"""O: messages of one thread that are kept; more than a person reads or a test sends to one customer."""
COPIES_MAX = 400
"""O: our ids per thread whose copies are counted; one for each message kept."""
LANE_ITEMS_MAX = 4_000
"""O: webhooks of one customer that wait for the bot; then the customer cannot write more."""
POSTS_MAX = 64
"""O: webhooks under way at once; a small bot has a listen queue of 128."""
BATCH_WAIT_SECONDS = 0.02
"""O: how long the first item of a shared body waits for others."""
BODY_BYTES_MAX = 4 * 1024 * 1024
"""O: largest request taken; a Graph batch of 50 messages of 2,000 characters has a third of it."""
MEDIA_MAX = 20
"""O: photos kept; the oldest goes."""
MEDIA_BYTES_MAX = 3 * 1024 * 1024
"""O: a photo of the chat page."""
ATTACHMENTS_MAX = 1_000
"""O: uploaded attachment ids that are remembered."""
THINGS_MAX = 2_000
"""O: comments, consents and the like that are remembered; the oldest goes."""
FAULTS_MAX = 100
"""O: faults set at once."""
STREAMS_MAX = 50
"""O: chat pages open at once."""
STREAM_PING_SECONDS = 15.0
"""O: a comment keeps proxies and browsers from closing a quiet stream."""
REPORT_CUSTOMERS_MAX = 20_000
"""O: customers listed by a report."""
WAIT_SECONDS_MAX = 30.0
"""O: how long a reader may wait for the thread to grow."""
CUSTOMER_CHARS_MAX = 64
"""O: ids are numbers of up to 20 digits; tests like names."""
TYPING_MS = 20_000
"""M: the typing indicator goes away after about 20 s or with a message."""
