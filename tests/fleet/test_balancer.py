"""How README's nginx and our bounds fit together."""

from __future__ import annotations

import re

from app.store.postgres import IDLE_SECONDS
from tests.fleet.balancer import site


def test_who_waits_for_the_locks_of_a_frozen_server_answers_before_nginx_gives_up_on_it_too() -> None:
    """Given up, all servers would count as broken for five seconds, and Meta would hear 502."""
    [gives_up] = re.findall(r"location /webhooks/ \{[^}]*proxy_read_timeout (\d+)s;", site(80, [8000]))
    sent_elsewhere_after = int(gives_up)
    assert IDLE_SECONDS - sent_elsewhere_after < sent_elsewhere_after
