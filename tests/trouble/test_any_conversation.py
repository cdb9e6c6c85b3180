"""Whatever customers and staff do, a house in trouble comes to the same as the bot alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.flowfile.check import check
from app.flowfile.problems import Place
from app.flowfile.rehearsal.script import Conversation, HttpAnswer, Step
from app.trouble.messenger import Trouble
from app.trouble.replays import KINDS, Replays
from tests.trouble.bots import WORKED, read_error

ORDERS = "GET https://api.harbour-pine.example/orders"
ANSWERS = {f"{ORDERS}/10482": HttpAnswer("200", {"eta": "3 December"}), f"{ORDERS}/10483": HttpAnswer("404")}
WORDS = (
    "hello", "human", "10482", "10483", "stop", "start", "party", "about 60", "yes", "non", "are you a bot?", "open on sunday",
    "refund", "ana@mail.example", "xqzt", "menu", "1", "2", "my card is 4111 1111 1111 1111", "je voudrais une robe pour le soir",
)  # fmt: skip
TITLES = ("Get Started", "Track my order", "Outfit ideas", "Talk to a person", "Where is my order?", "Help me choose")
WAITS = ("1 minute", "10 minutes", "31 minutes", "2 hours", "4 hours", "25 hours", "3 days")
DONE = st.one_of(
    st.tuples(st.just("you"), st.sampled_from(WORDS)),
    st.tuples(st.just("tap"), st.sampled_from(TITLES)),
    st.tuples(st.just("wait"), st.sampled_from(WAITS)),
    st.sampled_from(
        [("photo", ""), ("staff", "says hello"), ("staff", "ends"), ("deliver", "twice"), ("meta", "error 10")]
    ),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(DONE, min_size=2, max_size=9), st.sampled_from([kind for kind in KINDS if not kind.typed]))
def test_any_conversation_is_the_same_in_trouble(done: list[tuple[str, str]], trouble: Trouble) -> None:
    flow = check(WORKED).flow
    assert flow is not None
    steps = tuple(Step(kind, Place("tests.yaml", line, 1), words) for line, (kind, words) in enumerate(done, 1))
    conversation = Conversation("any", Place("tests.yaml", 1, 1), steps, http=ANSWERS)
    with Replays(flow, read_error) as replays:
        assert replays.play(conversation, trouble) == []
