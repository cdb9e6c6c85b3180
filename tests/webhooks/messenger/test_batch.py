"""The form of a batch: any text comes out of it as it went in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.effects import Message
from tests.webhooks.messenger.kit import create_send
from webhooks.messenger.batch import encode
from webhooks.messenger.policy import WAYS
from webhooks.messenger.render import render


def read_form(form: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(form, strict_parsing=True).items()}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.text(alphabet=st.characters(codec="ascii")) | st.text(alphabet=st.characters(codec="utf-8")), max_size=5
    )
)
def test_any_text_comes_out_of_a_batch_as_it_went_in(texts: list[str]) -> None:
    rendered: list[dict[str, Any]] = [render(create_send(Message(text)), WAYS[0]) for text in texts]
    outer = read_form(encode("10001", rendered, "token/+&=%", "proof").decode("ascii"))
    assert outer["access_token"] == "token/+&=%"
    inner = [read_form(each["body"]) for each in orjson.loads(outer["batch"])]
    assert [orjson.loads(each["message"]) for each in inner] == [each["message"] for each in rendered]
    assert [orjson.loads(each["recipient"]) for each in inner] == [each["recipient"] for each in rendered]
