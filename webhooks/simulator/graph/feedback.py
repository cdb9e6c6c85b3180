"""Whether Meta would take a feedback form, and what can be answered to its questions. Pure.

https://developers.facebook.com/docs/messenger-platform/send-messages/templates/customer-feedback-template
"""

from __future__ import annotations

import re
from typing import Any

from webhooks.simulator.graph.failures import bad_parameter
from webhooks.simulator.graph.fields import check_list, check_object, check_text, is_web_address
from webhooks.simulator.limits import (
    CARD_CHARS_MAX,
    FEEDBACK_DAYS_MAX,
    FEEDBACK_TITLE_CHARS_MAX,
    PLACEHOLDER_CHARS_MAX,
    QUESTION_CHARS_MAX,
    QUESTION_CHARS_MIN,
    QUESTION_ID_CHARS_MAX,
    TITLE_CHARS_MAX,
)

OPTIONS = {"csat": ("five_stars", "one_to_five", "five_emojis"), "nps": ("zero_to_ten",), "ces": ("one_to_seven",)}
"""Kind of question: its scales, the usual one first."""
SCORES = {"csat": range(1, 6), "nps": range(11), "ces": range(1, 8)}
LABELS = ("neg_pos", "pos_neg")
_ID = re.compile(r"[A-Za-z0-9_]+")


def check_feedback(payload: dict[str, Any]) -> None:
    check_text(payload.get("title"), "payload[title]", FEEDBACK_TITLE_CHARS_MAX)
    check_text(payload.get("subtitle"), "payload[subtitle]", CARD_CHARS_MAX, required=False)
    check_text(payload.get("button_title"), "payload[button_title]", TITLE_CHARS_MAX)
    (screen,) = check_list(payload.get("feedback_screens"), "payload[feedback_screens]", 1, 1)
    (question,) = check_list(screen.get("questions"), "feedback_screens[questions]", 1, 1)
    _check_question(question)
    privacy = check_object(payload.get("business_privacy"), "payload[business_privacy]")
    if not is_web_address(privacy.get("url")):
        raise bad_parameter("business_privacy[url] must be a web address.")
    days = payload.get("expires_in_days", 1)
    if not isinstance(days, int) or not 1 <= days <= FEEDBACK_DAYS_MAX:
        raise bad_parameter(f"Param expires_in_days must be from 1 to {FEEDBACK_DAYS_MAX}.")


def _check_question(question: dict[str, Any]) -> None:
    check_text(question.get("id"), "questions[id]", QUESTION_ID_CHARS_MAX)
    if not _ID.fullmatch(question["id"]):
        raise bad_parameter("A question's id has letters, digits and underscores only.")
    kind = question.get("type")
    if not isinstance(kind, str) or kind not in OPTIONS:
        raise bad_parameter(f"A question's type is one of {', '.join(OPTIONS)}.")
    if question.get("score_option", OPTIONS[kind][0]) not in OPTIONS[kind]:
        raise bad_parameter(f"The score_option of {kind} is one of {', '.join(OPTIONS[kind])}.")
    if question.get("score_label", LABELS[0]) not in LABELS:
        raise bad_parameter(f"A score_label is one of {', '.join(LABELS)}.")
    title = question.get("title")
    check_text(title, "questions[title]", QUESTION_CHARS_MAX, required=False)
    if title is not None and len(title) < QUESTION_CHARS_MIN:
        raise bad_parameter(f"A question's title has at least {QUESTION_CHARS_MIN} characters.")
    _check_follow_up(question.get("follow_up"))


def _check_follow_up(follow_up: Any) -> None:
    if follow_up is None:
        return
    if check_object(follow_up, "questions[follow_up]").get("type") != "free_form":
        raise bad_parameter("A follow_up is free_form.")
    check_text(follow_up.get("placeholder"), "follow_up[placeholder]", PLACEHOLDER_CHARS_MAX, required=False)
