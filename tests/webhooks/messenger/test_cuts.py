"""What is shortened is known: found exactly where the rendered message differs, and told without its words."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from app.channel import Sent
from app.clock import Clock
from app.engine.effects import Card, Form, Message, Option
from tests.webhooks.messenger.graph import Graph
from tests.webhooks.messenger.kit import ACCOUNT, PAGE, create_send
from tests.webhooks.messenger.test_render import RESPONSE
from webhooks.messenger import http
from webhooks.messenger.cuts import Cut, find_cuts
from webhooks.messenger.render import render
from webhooks.messenger.send import Messenger

TEXTS = st.text("ab ", min_size=1, max_size=100).map(str.strip).filter(bool)


def buttons(title: str) -> tuple[Option, ...]:
    return (Option(title, tap=("a", "b")),)


MESSAGES = st.one_of(
    st.builds(lambda title: Message("Hi", choices=buttons(title)), TEXTS),
    st.builds(lambda title: Message("Hi", buttons=buttons(title)), TEXTS),
    st.builds(lambda a, b, c: Message(cards=(Card(a, b, buttons=buttons(c)),)), TEXTS, TEXTS, TEXTS),
    st.builds(lambda a, b: Message(form=Form("coupon", {"title": a, "subtitle": b, "code": "A"})), TEXTS, TEXTS),
    st.builds(lambda a, b: Message(form=Form("grid", {"title": a, "subtitle": b}, ({"url": "https://a"},) * 2)), TEXTS, TEXTS),
    st.builds(
        lambda a, b, c: Message(form=Form("feedback", {"title": a, "button": b, "question": c, "privacy": "https://a", "comment": a})),
        TEXTS, TEXTS, TEXTS,
    ),
    st.builds(lambda a: Message(form=Form("utility", {"template": "t", "language": "en"}, ({"value": a * 30},))), TEXTS),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(MESSAGES)
def test_a_cut_is_found_exactly_where_the_rendered_message_has_an_ellipsis(message: Message) -> None:
    rendered = orjson.dumps(render(create_send(message), RESPONSE)).decode()
    assert len(find_cuts(message)) == rendered.count("…")


def test_lines_of_a_receipt_that_do_not_fit_are_found() -> None:
    receipt = Form("receipt", {}, ({"title": "Shirt"},) * 101)
    assert find_cuts(Message(form=receipt)) == (Cut("lines of a receipt", 101, 100),)


async def test_what_was_shortened_is_logged_and_told_without_its_words(graph: Graph) -> None:
    secret = "Planted words that nobody may log"
    async with http.create_client() as client:
        messenger = Messenger(ACCOUNT, graph.url, client, Clock())
        with capture_logs() as logs:
            outcome = await messenger.send(create_send(Message("Hi", choices=buttons(secret))))
            whole = await messenger.send(create_send(Message("Hi", choices=buttons("Yes"))))
    assert outcome == Sent("m_b1", "Shortened: title of a choice (33, 20 fit).")
    assert isinstance(whole, Sent)
    assert whole.remark == ""
    shortened = [each for each in logs if each["event"] == "shortened"]
    assert shortened == [
        {
            "event": "shortened",
            "log_level": "warning",
            "page": PAGE,
            "field": "title of a choice",
            "chars": 33,
            "limit": 20,
        }
    ]
