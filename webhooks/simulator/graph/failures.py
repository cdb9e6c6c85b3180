"""Meta's error bodies by (code, subcode). Texts are ours: nobody may decide on them."""

from __future__ import annotations

from typing import Any

from app.errors import AppError


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


def bad_parameter(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(100, message, subcode)


def missing_object() -> GraphError:
    return GraphError(100, "The object does not exist or this token may not see it.", 33)


def dead_token(subcode: int | None = None) -> GraphError:
    return GraphError(190, "The access token is not valid.", subcode, 401)


def bad_proof() -> GraphError:
    return GraphError(100, "The appsecret_proof does not fit the token.")


def missing_scope(scope: str) -> GraphError:
    return GraphError(200, f"Requires {scope} permission to manage the object.", None, 403)


def unknown_field(name: str) -> GraphError:
    return bad_parameter(f"Tried accessing nonexisting field ({name}).")


def unverified_callback() -> GraphError:
    return GraphError(2200, "Callback verification failed: the address did not answer with the challenge.")


def unknown_customer() -> GraphError:
    return bad_parameter("No matching user found.", 2018001)


def closed_window() -> GraphError:
    return GraphError(10, "This message is sent outside of the allowed window.", 2018278)


def foreign_thread() -> GraphError:
    return GraphError(10, "Another app controls this thread now.", 2018300)


def unavailable_person() -> GraphError:
    return GraphError(551, "This person is not available right now.", 1545041)


def removed_tag() -> GraphError:
    return bad_parameter("This message tag is not supported any more.", 1893061)


def too_many_calls() -> GraphError:
    return GraphError(613, "Calls to this API have exceeded the rate limit.")


def app_limit() -> GraphError:
    return GraphError(4, "Application request limit reached.", 2018354)


def service_trouble() -> GraphError:
    return GraphError(2, "Service temporarily unavailable.", None, 500)


def unknown_outcome() -> GraphError:
    return GraphError(1, "An unknown error occurred.", 1357046, 500)
