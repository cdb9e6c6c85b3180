"""Letters by e-mail: plain text, one at a time, in a thread. Never logs what stands in one."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal

import structlog

log = structlog.get_logger()

Security = Literal["starttls", "tls", "none"]
WAIT_SECONDS = 20.0
"""For each step of the talk with the mail server."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """The mail server that takes our letters."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)

    async def send(self, to: str, subject: str, text: str) -> bool:
        """Whether the server took the letter. Raises nothing: why it did not is logged by its kind."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, to, subject
        # Told so, other people's machines do not answer a letter that nobody reads.
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        try:
            await asyncio.to_thread(self._send, letter)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            log.warning("a letter could not be sent", error=type(error).__name__)
            return False
        return True

    def _send(self, letter: EmailMessage) -> None:
        with self._connect() as server:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(letter)

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=WAIT_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=WAIT_SECONDS)
