"""Every error of the contract, one row each; and the answers that leave it open what happened."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.channel import Failed, Unsure
from webhooks.messenger.failures import FAILURES, UNSURE_CODES, read_failure

ROWS = [
    ((4, None), "too_many_calls", True, "page"), ((4, 2018354), "too_many_calls", True, "page"),
    ((9, 2018352), "too_many_calls", True, "page"), ((32, None), "too_many_calls", True, "page"),
    ((80006, None), "too_many_calls", True, "page"), ((613, None), "too_fast", True, "page"),
    ((613, 2018338), "kind_stopped", False, "message"), ((613, 2534040), "kind_stopped", False, "message"),
    ((613, 1893016), "kind_stopped", False, "message"), ((10, None), "permission_missing", False, "page"),
    ((10, 2018278), "window_closed", False, "customer"), ((10, 2534022), "window_closed", False, "customer"),
    ((10, 2018065), "window_closed", False, "customer"), ((10, 2018108), "person_unavailable", False, "customer"),
    ((10, 1893015), "person_opted_out", False, "customer"), ((10, 1893063), "page_restricted", False, "page"),
    ((10, 2018336), "region_rules", False, "customer"), ((10, 1404170), "page_blocked", False, "page"),
    ((100, None), "refused", False, "message"), ((100, 33), "not_found", False, "message"),
    ((100, 2018001), "no_such_person", False, "customer"), ((100, 1893061), "tag_removed", False, "message"),
    ((100, 2018014), "refused", False, "message"), ((100, 2018034), "refused", False, "message"),
    ((100, 2018008), "media_not_fetched", True, "message"), ((100, 2018294), "media_not_fetched", True, "message"),
    ((100, 2018047), "media_refused", False, "message"), ((100, 2018074), "media_refused", False, "message"),
    ((100, 2018109), "media_refused", False, "message"), ((100, 36000), "media_refused", False, "message"),
    ((100, 2018164), "refused", False, "message"), ((100, 2018320), "refused", False, "message"),
    ((100, 2018328), "refused", False, "message"), ((190, None), "token_dead", False, "page"),
    ((190, 460), "token_dead", False, "page"), ((190, 490), "token_dead", False, "page"),
    ((200, None), "permission_missing", False, "page"), ((200, 2018028), "recipient_not_approved", False, "customer"),
    ((200, 1545041), "person_unavailable", False, "customer"), ((368, None), "page_blocked", False, "page"),
    ((551, None), "person_unavailable", False, "customer"), ((551, 1545041), "person_unavailable", False, "customer"),
    ((2018300, None), "thread_elsewhere", False, "customer"), ((2018321, None), "thread_elsewhere", False, "customer"),
    ((2534037, None), "thread_elsewhere", False, "customer"), ((2018218, None), "profile_unavailable", False, "message"),
    ((2018247, None), "profile_unavailable", False, "message"), ((2022, None), "object_gone", False, "message"),
    ((10303, None), "object_gone", False, "message"), ((2018171, None), "object_gone", False, "message"),
    ((9000001, None), "object_gone", False, "message"),
]  # fmt: skip


def error(code: Any, subcode: Any = None, **more: Any) -> bytes:
    fields = {
        "message": "(#x) Der Text ist übersetzt",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "Abc",
        **more,
    }
    return json.dumps({"error": fields | ({} if subcode is None else {"error_subcode": subcode})}).encode()


@pytest.mark.parametrize(("codes", "what", "retry", "scope"), ROWS, ids=lambda value: str(value))
@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_is_certain(codes: tuple[int, int | None], what: str, retry: bool, scope: str, status: int) -> None:
    failed = read_failure(status, error(*codes))
    assert isinstance(failed, Failed)
    assert (failed.code, failed.retry, failed.scope) == (what, retry, scope)
    assert str(codes[0]) in failed.sentence
    assert "übersetzt" not in failed.sentence
    assert failed.wait_seconds > 0 or not retry


def test_every_row_is_tested() -> None:
    assert [codes for codes, *_ in ROWS] == list(FAILURES)


@pytest.mark.parametrize("code", sorted(UNSURE_CODES))
@pytest.mark.parametrize("subcode", [None, 1357046, 2018344, 99])
def test_trouble_at_metas_is_never_taken_for_a_refusal(code: int, subcode: int | None) -> None:
    assert isinstance(read_failure(400, error(code, subcode)), Unsure)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>", error(2), error(100, 2018278), error(190)])
def test_a_5xx_is_unsure_whatever_it_says(status: int, body: bytes) -> None:
    assert isinstance(read_failure(status, body), Unsure)


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404])
@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"{", b"[]", b"null", b"7", b'"x"', b"{}", b'{"error":null}', b'{"error":"no"}', b'{"error":{}}',
        error("190"), error(True), error(1.5), error(424242), error(10**18), b"\xff\xfe", b'{"error":{"code":[1]}}',
    ],
)  # fmt: skip
def test_an_answer_that_says_nothing_known_is_unsure(status: int, body: bytes) -> None:
    assert isinstance(read_failure(status, body), Unsure)


def test_a_subcode_that_nobody_knows_leaves_the_code_to_decide() -> None:
    failed = read_failure(400, error(190, 463))
    assert isinstance(failed, Failed)
    assert failed.code == "token_dead"
    assert failed.sentence.endswith("(Meta 190/463)")


@pytest.mark.parametrize("code", [10, 100, 200])
def test_a_thread_that_is_elsewhere_is_known_by_its_subcode_too(code: int) -> None:
    failed = read_failure(400, error(code, 2018300))
    assert isinstance(failed, Failed)
    assert failed.code == "thread_elsewhere"


def test_429_without_a_code_is_a_limit() -> None:
    failed = read_failure(429, b"slow down")
    assert isinstance(failed, Failed)
    assert (failed.code, failed.retry) == ("too_many_calls", True)
