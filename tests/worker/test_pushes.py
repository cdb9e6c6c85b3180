"""Push notes to staff, to a push service of this test's own that checks who sends and reads them as the browser would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.chance import Chance
from app.service.post import Poster
from app.service.push import from_text, push_key
from app.store import facts, pushes
from app.store.pushes import Target
from app.worker.letters import Letters
from app.worker.pushes import WAITS_SECONDS, Pushes
from tests.ports import free_port
from tests.store.kit import NOW, PAGE
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.test_letters import OTHER, bot, hire, rule, waits

KEY = push_key(b"a key for tests")
AUTH = b"sixteen bytes .."


@dataclass
class PushService:
    """A push service and the browser behind it. `answers`: with what; the last one for good."""

    port: int
    answers: list[int] = field(default_factory=lambda: [201])
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tries: int = 0
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
        self.check(headers)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.tries += 1
        if status == 201:
            self.got.append((head[0].split()[1], orjson.loads(self.read(body))))
        writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def check(self, headers: dict[str, str]) -> None:
        """RFC 8292: signed by the key that it names, for this service and not for long. Raises InvalidSignature."""
        token, _, key = headers["authorization"].removeprefix("vapid t=").partition(", k=")
        said, _, signature = token.rpartition(".")
        raw = from_text(signature)
        signed = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_text(key))
        public.verify(signed, said.encode(), ec.ECDSA(hashes.SHA256()))
        claims = orjson.loads(from_text(said.split(".")[1]))
        if claims["aud"] != self.origin or not 0 < claims["exp"] - NOW.timestamp() <= 86_400:
            raise InvalidSignature
        assert (headers["content-encoding"], headers["content-type"]) == ("aes128gcm", "application/octet-stream")
        assert int(headers["ttl"]) > 0

    def read(self, body: bytes) -> bytes:
        """RFC 8188 and 8291, from the browser's side."""
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.private.exchange(ec.ECDH(), point)
        secret = HKDF(hashes.SHA256(), 32, AUTH, b"WebPush: info\0" + self.public + theirs).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        opened = AESGCM(key).decrypt(nonce, sealed, None)
        assert opened[-1:] == b"\x02"
        return opened[:-1]


@asynccontextmanager
async def push_service(*answers: int) -> AsyncIterator[PushService]:
    service = PushService(free_port(), list(answers) or [201])
    async with await asyncio.start_server(service.serve, "127.0.0.1", service.port):
        yield service


async def subscribe(database: Troubled, service: PushService, staff_id: str = "anna", language: str = "en") -> None:
    target = Target(
        f"t-{staff_id}",
        staff_id,
        "s1",
        f"{service.origin}/to/{staff_id}",
        service.public,
        AUTH,
        "Firefox",
        language,
        NOW,
    )
    await database.inner.transaction(lambda connection: pushes.add(connection, target))


def sender(database: Troubled, clock: GivenClock, service: PushService, key: bytes = KEY) -> Pushes:
    return Pushes(database, Poster((service.origin,)), clock, Chance(), key)


async def is_due(database: Troubled, clock: GivenClock) -> None:
    """Somebody waits for longer than the rule allows, and there is no mail server."""
    await rule(database)
    await waits(database, clock)
    clock.wall += timedelta(minutes=11)
    flow = bot()
    await Letters(database, clock, lambda _: flow, (PAGE, OTHER), None).run_once()


async def test_who_is_on_the_team_is_told_in_their_browser_and_learns_nothing_of_the_customer(
    both: Troubled, clock: GivenClock
) -> None:
    await hire(both)
    async with push_service() as service:
        await subscribe(both, service, "anna", "fr")
        await subscribe(both, service, "luc")
        await is_due(both, clock)
        pushing = sender(both, clock, service)
        assert [await pushing.run_once(), await pushing.run_once()] == [1, 0]
    [(path, note)] = service.got
    assert path == "/to/anna"
    assert note == {
        "title": "Un client attend une réponse",
        "body": "Personne n’a encore répondu. Ouvrez le guichet.",
        "url": "/desk?view=waiting",
    }


async def test_a_note_that_was_not_taken_is_tried_again_and_given_up_at_last(
    database: Troubled, clock: GivenClock
) -> None:
    await hire(database)
    async with push_service(503) as service:
        await subscribe(database, service)
        await is_due(database, clock)
        pushing = sender(database, clock, service)
        assert [await pushing.run_once(), await pushing.run_once()] == [1, 0]
        for wait in (*WAITS_SECONDS, 3_600):
            clock.wall += timedelta(seconds=wait + 1)
            await pushing.run_once()
    assert service.tries == 1 + len(WAITS_SECONDS)
    assert await database.inner.read(pushes.has_any), "the browser is told of the next one"


async def test_a_browser_that_is_gone_is_forgotten(database: Troubled, clock: GivenClock) -> None:
    await hire(database)
    async with push_service(410) as service:
        await subscribe(database, service)
        await is_due(database, clock)
        await sender(database, clock, service).run_once()
    assert not await database.inner.read(pushes.has_any)


async def test_an_address_that_leads_inside_is_never_told(database: Troubled, clock: GivenClock) -> None:
    await hire(database)
    async with push_service() as service:
        await subscribe(database, service)
        await is_due(database, clock)
        await Pushes(database, Poster(), clock, Chance(), KEY).run_once()
    assert service.tries == 0


async def test_the_key_is_kept_sealed_and_a_new_secret_key_makes_a_new_one(
    database: Troubled, clock: GivenClock
) -> None:
    await hire(database)
    async with push_service() as service:
        await subscribe(database, service)
        await is_due(database, clock)
        await sender(database, clock, service).run_once()
        first = await database.inner.read(lambda connection: facts.find(connection, pushes.KEY))
        await sender(database, clock, service)._own_key()
        assert await database.inner.read(lambda connection: facts.find(connection, pushes.KEY)) == first
        await sender(database, clock, service, push_key(b"another"))._own_key()
    assert await database.inner.read(lambda connection: facts.find(connection, pushes.KEY)) != first
    assert not await database.inner.read(pushes.has_any), "who subscribed by the old one asks anew"
