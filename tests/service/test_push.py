"""Push notes: encrypted as the standard's own example, signed by a key that is kept sealed."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.service.push import (
    BODY_BYTES_MAX,
    Browser,
    encrypt,
    from_text,
    new_sealed,
    push_key,
    read_browser,
    to_text,
    unseal,
)

PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
KEY = push_key(b"a key for tests")


def test_a_note_is_encrypted_as_in_the_standards_own_example() -> None:
    """RFC 8291, section 5 and appendix A."""
    ours = ec.derive_private_key(
        int.from_bytes(from_text("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )
    browser = Browser("https://push.example/x", from_text(PUBLIC), from_text(AUTH))
    sealed = encrypt(browser, b"When I grow up, I want to be a watermelon", from_text("DGv6ra1nlYgDCS1FRnbzlw"), ours)
    assert to_text(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_note_that_is_too_long_is_not_sent() -> None:
    browser = Browser("https://push.example/x", from_text(PUBLIC), from_text(AUTH))
    with pytest.raises(ValueError, match="size"):
        encrypt(browser, b"x" * (BODY_BYTES_MAX + 1), bytes(16))


@pytest.mark.parametrize(
    ("public", "auth"),
    [(PUBLIC, "AAAA"), (PUBLIC[:-4], AUTH), ("B" + "A" * 86, AUTH), ("", ""), ("ü", AUTH), (PUBLIC, "ü"), ("AA", AUTH)],
)
def test_keys_that_are_none_are_refused(public: str, auth: str) -> None:
    assert read_browser("https://push.example/x", PUBLIC, AUTH)
    assert read_browser("https://push.example/x", public, auth) is None


def test_the_key_opens_only_with_the_installations_own() -> None:
    sealed = new_sealed(KEY)
    vapid = unseal(KEY, sealed, "mailto:desk@shop.example")
    assert vapid
    again = unseal(KEY, sealed)
    assert again
    assert vapid.public == again.public
    assert unseal(push_key(b"another"), sealed) is None
    assert unseal(KEY, sealed[:-4] + "AAAA") is None
    headers = vapid.headers("https://push.example:8443/x/y?z", datetime(2026, 12, 1, 10, tzinfo=UTC))
    head, claims, _ = headers["Authorization"].removeprefix("vapid t=").partition(",")[0].split(".")
    assert orjson.loads(from_text(head)) == {"typ": "JWT", "alg": "ES256"}
    assert orjson.loads(from_text(claims)) == {
        "aud": "https://push.example:8443",
        "exp": 1_796_162_400,
        "sub": "mailto:desk@shop.example",
    }
