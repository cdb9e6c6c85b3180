"""Signatures: over the exact bytes, by any of our secrets, and never an exception whatever the header is."""

from __future__ import annotations

import json

import pytest

from tests.webhooks.messenger.kit import ACCOUNT, SECRET, TOKEN
from webhooks.messenger.account import Account, Page
from webhooks.messenger.signature import appsecret_proof, find_signer, sign

SMALL = b'{"object":"page","entry":[]}'
SMALL_DIGEST = "3c40f31ec747dd03cb82556404d27610b8f5b474bc9781fbf7d8f775adf7d07b"
ESCAPED = (
    rb'{"object":"page","entry":[{"id":"10001","time":1790000000123,"messaging":[{"sender":{"id":"20002"},'
    rb'"recipient":{"id":"10001"},"timestamp":1790000000100,"message":{"mid":"m_a1",'
    rb'"text":"Gr\u00fc\u00dfe \ud83d\ude00 http:\/\/x.example\/"}}]}]}'
)
ESCAPED_DIGEST = "b9f3b0a8478d404faba1617cb25d875ee6473ef0eb14f44088cc687fa5218655"


@pytest.mark.parametrize(("body", "digest"), [(SMALL, SMALL_DIGEST), (ESCAPED, ESCAPED_DIGEST)])
def test_known_signatures_are_genuine(body: bytes, digest: str) -> None:
    assert sign(body, SECRET) == f"sha256={digest}"
    assert find_signer(body, f"sha256={digest}", [SECRET]) == 0
    assert find_signer(body, f"sha256={digest}".encode(), [SECRET]) == 0


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_a_body_that_was_read_and_written_again_is_not_genuine(separators: tuple[str, str], ensure_ascii: bool) -> None:
    written = json.dumps(json.loads(ESCAPED), separators=separators, ensure_ascii=ensure_ascii).encode()
    assert find_signer(written, f"sha256={ESCAPED_DIGEST}", [SECRET]) is None


GOOD = f"sha256={SMALL_DIGEST}"


@pytest.mark.parametrize(
    "header",
    [
        None, "", "sha256=", GOOD[:-1], GOOD + "0", GOOD + "\n", " " + GOOD, GOOD.upper(), "SHA256=" + SMALL_DIGEST,
        "sha256=" + SMALL_DIGEST.upper(), "sha1=" + SMALL_DIGEST, "sha1=" + "0" * 40, SMALL_DIGEST, "sha256:" + SMALL_DIGEST,
        "sha256=" + "0" * 64, "sha256=" + "g" * 64, "sha256=" + "é" * 64, "sha256=" + "\0" * 64, "sha256=" + "\ud800" * 64,
        "sha256=" + "٠" * 64, "=" * 71, "x" * 100_000, GOOD + "," + GOOD, GOOD[:7] + " " + GOOD[8:], b"", b"\xff" * 71,
        b"sha256=" + b"\xff" * 64, ("sha256=" + SMALL_DIGEST[::-1]).encode(), "sha512=" + SMALL_DIGEST,
    ],
)  # fmt: skip
def test_any_other_header_is_refused_without_an_exception(header: str | bytes | None) -> None:
    assert find_signer(SMALL, header, [SECRET]) is None


@pytest.mark.parametrize("body", [b"", SMALL + b" ", SMALL[:-1], SMALL.replace(b"page", b"Page")])
def test_any_other_body_is_refused(body: bytes) -> None:
    assert find_signer(body, GOOD, [SECRET]) is None


def test_while_secrets_are_replaced_old_and_new_ones_sign() -> None:
    secrets = (b"newest", b"older", SECRET)
    assert [find_signer(SMALL, sign(SMALL, each), secrets) for each in secrets] == [0, 1, 2]
    assert find_signer(SMALL, sign(SMALL, b"oldest"), secrets) is None


def test_without_a_secret_nothing_is_genuine() -> None:
    assert find_signer(SMALL, sign(SMALL, b""), []) is None
    assert find_signer(SMALL, sign(SMALL, b""), [b"", SECRET]) is None


def test_the_proof_of_a_token_is_as_computed_by_hand() -> None:
    assert appsecret_proof(TOKEN, SECRET) == "ca014e1c2f82017b71f98ff4ffd96c868398c4491affc0b4ec8644c870a4ef59"


def test_a_secret_speaks_only_for_the_pages_of_its_app() -> None:
    own = Page("10003", "t", app_secrets=(b"own",))
    account = Account("4242", (SECRET, b"old"), "v", {"10001": Page("10001", "t"), "10003": own})
    assert dict(account.signers()) == {
        SECRET: frozenset({"10001"}), b"old": frozenset({"10001"}), b"own": frozenset({"10003"})
    }  # fmt: skip


def test_an_account_never_shows_its_secrets() -> None:
    shown = repr(ACCOUNT) + str(ACCOUNT.pages)
    for secret in (SECRET.decode(), TOKEN, "verify me", "other-token"):
        assert secret not in shown
