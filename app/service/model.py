"""Asks a language model behind an endpoint like OpenAI's, if the operator names one. Follows no redirect, logs no word of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import orjson
import structlog

log = structlog.get_logger()

ANSWER_BYTES_MAX = 64 * 1024
"""An opinion is a few hundred bytes."""

TOKENS_MAX = 400
"""What a model may write: an id, and an answer in other words."""


@dataclass(frozen=True, slots=True)
class ModelTerms:
    """Which model, and how much of it. `url` is the base address of the interface: `/chat/completions` comes behind it."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    seconds_max: float = 4.0
    a_day: int = 1_000


@dataclass(slots=True)
class Model:
    """One process's way to the model. `counts`: asked, answered, slow, failed, over_budget; tokens_in, tokens_out as the model says."""

    terms: ModelTerms
    counts: Counter[str] = field(default_factory=Counter)
    _day: date | None = None
    _asked: int = 0

    async def complete(self, messages: Sequence[Mapping[str, str]], today: date) -> str:
        """What the model writes; empty if it is slow, fails, or was asked enough today. Raises nothing but a cancellation."""
        if not self._may_ask(today):
            self.counts["over_budget"] += 1
            return ""
        self.counts["asked"] += 1
        try:
            async with asyncio.timeout(self.terms.seconds_max):
                answer = orjson.loads(await self._post(messages))
            text = answer["choices"][0]["message"]["content"]
            if not isinstance(text, str):
                raise TypeError("The model wrote no text.")
        except (TimeoutError, httpx.TimeoutException):
            self.counts["slow"] += 1
            return ""
        except Exception as error:
            # The border to the outside: whatever a model does, the bot has its plain answer.
            self.counts["failed"] += 1
            log.warning("model failed", error=type(error).__name__)
            return ""
        self.counts["answered"] += 1
        self._count_tokens(answer.get("usage"))
        return text

    def _may_ask(self, today: date) -> bool:
        if self._day != today:
            self._day, self._asked = today, 0
        self._asked += 1
        return self._asked <= self.terms.a_day

    async def _post(self, messages: Sequence[Mapping[str, str]]) -> bytes:
        terms = self.terms
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        if terms.key:
            headers["Authorization"] = f"Bearer {terms.key}"
        body = {"model": terms.name, "messages": list(messages), "temperature": 0, "max_tokens": TOKENS_MAX}
        async with (
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=terms.seconds_max) as client,
            client.stream(
                "POST", f"{terms.url}/chat/completions", headers=headers, content=orjson.dumps(body)
            ) as response,
        ):
            response.raise_for_status()
            return await _read(response)

    def _count_tokens(self, usage: Any) -> None:
        for name, theirs in (("tokens_in", "prompt_tokens"), ("tokens_out", "completion_tokens")):
            tokens = usage.get(theirs) if isinstance(usage, dict) else None
            self.counts[name] += tokens if isinstance(tokens, int) and tokens > 0 else 0


async def _read(response: httpx.Response) -> bytes:
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > ANSWER_BYTES_MAX:
            raise ValueError("The answer is too long.")
    return body
