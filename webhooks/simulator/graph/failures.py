"""Meta's error bodies by (code, subcode). Texts are ours: nobody may decide on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import AppError

TABLE: Mapping[tuple[int, int | None], str] = {
    (-1, None): "Temporary send message failure. Please try again later.",
    (1, None): "An unknown error occurred.",
    (1, 1357046): "An unknown error occurred.",
    (2, None): "Service temporarily unavailable.",
    (2, 2018344): "Service temporarily unavailable.",
    (4, None): "Application request limit reached.",
    (4, 2018354): "Application request limit reached.",
    (9, 2018352): "Too many calls.",
    (10, None): "Application does not have permission for this action.",
    (10, 1404170): "Sending messages is blocked for this Page.",
    (10, 1893015): "This person does not want messages from this Page.",
    (10, 1893063): "This Page is temporarily restricted from sending messages.",
    (10, 2018065): "This message is sent outside of the allowed window.",
    (10, 2018108): "This person cannot receive messages at the moment.",
    (10, 2018278): "This message is sent outside of the allowed window.",
    (10, 2018300): "Another app controls this thread now.",
    (10, 2018336): "The rules of this person's region do not allow this message.",
    (10, 2534022): "This message is sent outside of the allowed window.",
    (32, None): "Page request limit reached.",
    (99, None): "An unknown error occurred.",
    (100, None): "Invalid parameter.",
    (100, 33): "The object does not exist or this token may not see it.",
    (100, 36000): "The image is too large.",
    (100, 1893061): "This message tag is not supported any more.",
    (100, 2018001): "No matching user found.",
    (100, 2018008): "Failed to fetch the file from the url.",
    (100, 2018014): "A message and a sender_action must be sent apart.",
    (100, 2018034): "The message cannot be empty, must provide valid attachment or text.",
    (100, 2018047): "This attachment type is not supported.",
    (100, 2018074): "The attachment id is not valid.",
    (100, 2018109): "The attachment is too large.",
    (100, 2018164): "Invalid parameter.",
    (100, 2018292): "Invalid comment_id parameter.",
    (100, 2018294): "The video took too long to fetch.",
    (100, 2018320): "Invalid parameter.",
    (100, 2018328): "Invalid parameter.",
    (190, None): "The access token is not valid.",
    (190, 460): "The session is invalid because the person changed the password.",
    (190, 490): "The session is invalid because the person is in a checkpoint.",
    (200, None): "The app lacks a permission.",
    (200, 1545041): "This person is not available right now.",
    (200, 2018028): "The app is not approved to write to this person.",
    (368, None): "The action is blocked for breaking a policy.",
    (551, None): "This person is not available right now.",
    (551, 1545041): "This person is not available right now.",
    (613, None): "Calls to this API have exceeded the rate limit.",
    (613, 1893016): "Messages of this kind have exceeded their limit.",
    (613, 2018338): "This message tag was misused.",
    (613, 2534040): "Messages of this kind have exceeded their limit.",
    (1200, None): "Temporary send message failure. Please try again later.",
    (2022, None): "Commerce is switched off.",
    (10303, None): "The object does not exist any more.",
    (2018171, None): "The object does not exist any more.",
    (2018218, None): "This person has no profile that can be shown.",
    (2018247, None): "This field needs a permission that was not granted.",
    (2018300, None): "Another app controls this thread now.",
    (2018321, None): "A lead form is under way in this thread.",
    (2534037, None): "Another app controls this thread now.",
    (80006, None): "Messenger calls of this Page have exceeded their limit.",
    (9000001, None): "The object was deleted.",
}
"""Every refusal that the contract knows."""
STATUSES = {1: 500, 2: 500, 99: 500, 190: 401}
"""HTTP status of a code where it is not 400. Nobody may decide on it alone."""


class GraphError(AppError):
    """A call that Meta refuses. `code` and `subcode` say why; `status` is the HTTP status."""

    def __init__(self, code: int, message: str, subcode: int | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.subcode = subcode
        self.http_status = status

    def body(self) -> dict[str, Any]:
        kind = "OAuthException" if self.code in {1, 2, 4, 10, 100, 190, 200, 613} else "GraphMethodException"
        error: dict[str, Any] = {"message": f"(#{self.code}) {self.message}", "type": kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": {**error, "fbtrace_id": "AFrontdeskLocal"}}


def known(code: int, subcode: int | None = None) -> GraphError:
    """The error of the table; one that is not there has the words of its code."""
    words = TABLE.get((code, subcode)) or TABLE.get((code, None), "An error that no table knows.")
    return GraphError(code, words, subcode, STATUSES.get(code, 400))


def bad_parameter(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(100, message, subcode)


def missing_object() -> GraphError:
    return known(100, 33)


def dead_token(subcode: int | None = None) -> GraphError:
    return known(190, subcode)


def bad_proof() -> GraphError:
    return GraphError(100, "The appsecret_proof does not fit the token.")


def missing_scope(scope: str) -> GraphError:
    return GraphError(200, f"Requires {scope} permission to manage the object.", None, 403)


def unknown_field(name: str) -> GraphError:
    return bad_parameter(f"Tried accessing nonexisting field ({name}).")


def unverified_callback() -> GraphError:
    return GraphError(2200, "Callback verification failed: the address did not answer with the challenge.")


def unknown_customer() -> GraphError:
    return known(100, 2018001)


def closed_window() -> GraphError:
    return known(10, 2018278)


def foreign_thread() -> GraphError:
    return known(10, 2018300)


def removed_tag() -> GraphError:
    return known(100, 1893061)


def too_many_calls() -> GraphError:
    return known(613)


def app_limit() -> GraphError:
    return known(4, 2018354)


def service_trouble() -> GraphError:
    return known(2)


def unknown_outcome() -> GraphError:
    return known(1, 1357046)
