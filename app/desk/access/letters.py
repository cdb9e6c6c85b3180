"""Letters about accounts: an invitation, a way back in. Each holds one link and says how long it works.

There is a mailer only where PUBLIC_URL is set (`app.settings`).
"""

from __future__ import annotations

from sqlalchemy import Connection

from app.desk.access.access import Access
from app.desk.access.links import make_link
from app.desk.access.team import Invited
from app.pages.languages import Words
from app.store import audit, staff


async def send_forgotten(access: Access, email: str, t: Words) -> None:
    """A link for whoever has an account here; to anybody else nothing is sent."""
    mailer = access.mailer
    if mailer is None:
        return

    def work(connection: Connection) -> str | None:
        account = staff.find_by_email(connection, email)
        if account is None or not account.may_sign_in:
            return None
        path = make_link(access, connection, "reset", account.id)
        audit.add(
            connection,
            "staff_link_made",
            access.clock.now(),
            who=f"{account.role}:{account.email}",
            details={"account": account.email, "by": "forgotten password"},
        )
        return path

    path = await access.database.transaction(work)
    if path is not None:
        link = _address(access, path)
        await mailer.send(email, t("letter.forgotten_subject"), t("letter.forgotten", link=link))


async def send_invitation(access: Access, invited: Invited, t: Words) -> bool:
    """Whether the letter went off; if not, whoever invites hands the link over."""
    if access.mailer is None:
        return False
    kind = "invitation" if invited.account.password is None else "forgotten"
    link = _address(access, invited.path)
    text = t(f"letter.{kind}", link=link, name=invited.account.name)
    return await access.mailer.send(invited.account.email, t(f"letter.{kind}_subject"), text)


def _address(access: Access, path: str) -> str:
    """Never made from a Host header: whoever asks for somebody else's letter could name a host of theirs there."""
    return f"{access.terms.public_url}{path}"
