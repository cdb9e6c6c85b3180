"""Staff for a test: accounts in a running house, and a signed-in browser without a screen, over real HTTP."""

from __future__ import annotations

import html
import itertools
import re
from functools import partial
from typing import Any

import httpx

from app.settings import Settings
from app.staffing import make_demo_login, use_access
from app.store.staff import Role
from tests.journeys.house import Customer, House

PASSWORD = "four unrelated words here"  # of accounts that last as long as the test
_keys = itertools.count(10_000_000)


def make_account(house: House, name: str, role: Role = "staff") -> str:
    """An account for all Pages of this house; its address."""
    email = f"{name.lower()}@shop.example"
    settings = Settings.model_validate({name.lower(): value for name, value in house.bot.settings.items()})
    use_access(settings, partial(_make, email=email, name=name, role=role))
    return email


async def _make(access: Any, email: str, name: str, role: Role) -> tuple[bool, str]:
    await make_demo_login(access, email, name, role, PASSWORD)
    return True, ""


class Screen:
    """One person at the desk, by the same requests that a browser makes."""

    def __init__(self, house: House, name: str, url: str = "") -> None:
        self.house, self.name, self.url = house, name, url or house.bot_url
        origin = {"Origin": self.url, "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=30, headers=origin)
        answer = self.http.post("/sign-in", data={"email": make_account(house, name), "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    def path(self, customer: Customer) -> str:
        return f"/desk/c/{customer.page}/{customer.id}"

    def sees(self, path: str) -> str:
        """The words of a page, without its tags."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return words_in(answer.text)

    def epoch(self, customer: Customer) -> str:
        found = re.search(r'name="epoch" value="(\d+)"', self.http.get(self.path(customer)).text)
        assert found
        return found[1]

    def does(self, customer: Customer, deed: str, to: str = "", epoch: str = "") -> httpx.Response:
        form = {"deed": deed, "to": to, "epoch": epoch or self.epoch(customer)}
        return self.http.post(f"{self.path(customer)}/deed", data=form, headers={"Accept": "application/json"})

    def writes(self, customer: Customer, text: str, key: str = "", answers: str = "") -> httpx.Response:
        form = {"text": text, "form_key": key or f"form-{next(_keys)}", "answers": answers}
        return self.http.post(f"{self.path(customer)}/text", data=form, headers={"Accept": "application/json"})

    def looks(self, customer: Customer) -> None:
        assert self.http.post(f"{self.path(customer)}/look", data={"types": "false"}).status_code == 204

    def last_line(self, customer: Customer) -> str:
        """The id of what the customer wrote last."""
        return str(re.findall(r'class="line them" id="(h\d+)"', self.http.get(self.path(customer)).text)[-1])

    def close(self) -> None:
        self.http.close()


def words_in(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<template.*?</template>", "", page))).split())
