"""Imports go down only: the table is the drawing in app/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.house.source import Module, assert_none, imports, is_in, module, product

GROUND = (
    "app.errors",
    "app.clock",
    "app.chance",
    "app.letters",
    "app.links",
    "app.log",
    "app.mask",
    "app.measures",
    "app.tracing",
    "app.values",
    "app.wares",
)
PURE = ("app.engine", "app.answers", "app.catalogue")
MIDDLE = ("app.store", "app.flowfile", "app.service")
OUR_TOPS = ("app", "webhooks", "tests", "benchmarks")
ABOVE_PURE = (*GROUND, *PURE, "app.channel", "app.findings", "app.mail", "app.pages")
EDGE = (*ABOVE_PURE, *MIDDLE)

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "app.errors": (),
    "app.clock": (),
    "app.chance": (),
    "app.mask": (),
    "app.letters": (),
    "app.links": (),
    "app.values": (),
    "app.wares": (),
    "app.measures": (),
    "app.tracing": (),
    "app.otel": ("app.tracing",),
    "app.pages": ("app.errors", "app.chance"),
    "app.findings": (),
    "app.log": ("app.errors", "app.chance"),
    "app.settings_answers": (),
    "app.settings_desk": (),
    "app.settings_work": (),
    "app.settings": ("app.errors", "app.chance", "app.settings_answers", "app.settings_desk", "app.settings_work"),
    "app.mail": (),
    "app.engine": ("app.errors", "app.letters", "app.mask", "app.values", "app.wares"),
    "app.answers": ("app.errors", "app.letters"),
    "app.catalogue": ("app.errors", "app.letters", "app.wares"),
    "app.channel": ("app.engine", "app.values"),
    "app.flowfile": ABOVE_PURE,
    "app.service": ABOVE_PURE,
    "app.store": ABOVE_PURE,
    "app.worker": EDGE,
    # Who is signed in: the rooms with pages ask it, and it knows none of them.
    "app.desk.access": EDGE,
    "app.desk": EDGE,
    "app.owner": (*EDGE, "app.desk.access"),
    "app.insights": (*EDGE, "app.desk.access"),
    "app.shop": EDGE,
    # Plays a whole house: of the edges it may use the worker, which it drives.
    "app.trouble": (*EDGE, "app.worker"),
    "webhooks.messenger": EDGE,
    # Plays the other side: of Messenger it knows only how Meta signs.
    "webhooks.simulator": (*GROUND, "app.pages", "webhooks.messenger.signature"),
    "webhooks": (),
    "app.serving": GROUND,
    "app.main": ("app", "webhooks"),
    "app.desking": ("app", "webhooks"),
    "app.demo": ("app", "webhooks"),
    "app.aside": ("app", "webhooks"),
    "app.tokens": ("app", "webhooks"),
    "app.auditing": ("app", "webhooks"),
    "app.agreement": ("app", "webhooks"),
    "app.stocking": ("app", "webhooks"),
    "app.importing": ("app", "webhooks"),
    "app.changes": ("app", "webhooks"),
    "app.readiness": ("app",),
    "app.hands": ("app",),
    "app.connecting": ("app", "webhooks"),
    "app.learning": ("app", "webhooks"),
    "app.doctor": ("app", "webhooks"),
    "app.cli": ("app", "webhooks"),
    "app.cli_flows": ("app", "webhooks"),
    "app.cli_writing": ("app", "webhooks"),
    "app.cli_answers": ("app", "webhooks"),
    "app.cli_products": ("app", "webhooks"),
    "app.cli_people": ("app", "webhooks"),
    "app.people": ("app", "webhooks"),
    "app.rooms": ("app", "webhooks"),
    "app.staffing": ("app", "webhooks"),
    "app.outside": ("app", "webhooks"),
    "app.keying": ("app", "webhooks"),
    "app.cli_keys": ("app", "webhooks"),
    "app.cli_staff": ("app", "webhooks"),
    "app.keeping": ("app",),
    "app.moving": ("app", "webhooks"),
    "app.measuring": ("app", "webhooks"),
    "app.cli_operations": ("app", "webhooks"),
    "app.cli_pages": ("app", "webhooks"),
    "app": (),
}
"""Room: what it may import besides itself and `app` for the version. The first that a module is in counts, so rooms within
rooms stand before them. The composition roots are imported by each other alone."""

ROOTS = {
    "app.main": ("app.cli", "app.demo", "app.connecting", "app.doctor"),
    "app.demo": ("app.cli",),
    "app.cli": (),
    "app.cli_flows": (
        "app.cli",
        "app.cli_staff",
        "app.cli_keys",
        "app.cli_answers",
        "app.cli_products",
        "app.cli_writing",
        "app.cli_pages",
        "app.cli_people",
        "app.cli_operations",
    ),
    "app.cli_writing": ("app.cli",),
    "app.cli_answers": ("app.cli",),
    "app.cli_products": ("app.cli",),
    "app.cli_pages": ("app.cli",),
    "app.cli_people": ("app.cli",),
    "app.cli_staff": ("app.cli",),
    "app.rooms": ("app.main", "app.staffing", "app.outside"),
    "app.staffing": ("app.cli_staff", "app.demo", "app.keying"),
    "app.cli_operations": ("app.cli",),
    "app.cli_keys": ("app.cli",),
    "app.outside": ("app.main",),
    "app.keying": ("app.cli_keys",),
}
"""The composition roots, and who may import them."""


def test_every_import_goes_down() -> None:
    assert_none(list(upward_imports(product())))


def test_nothing_shipped_imports_tests_or_benchmarks() -> None:
    assert_none([line for line in upward_imports(product()) if "tests" in line.split() or "benchmarks" in line.split()])


def test_an_upward_import_is_found() -> None:
    planted = [
        module("app/engine/turn.py", "from app.store.inbox import add"),
        module("app/worker/loop.py", "from webhooks.messenger import render"),
        module("app/store/inbox.py", "def add():\n    from app import settings"),
        module("webhooks/simulator/app.py", "from webhooks.messenger.parse import parse"),
        module("app/engine/fill.py", "from ..flowfile import check"),
        module("app/desk/routes.py", "import app.main"),
    ]
    assert len(list(upward_imports(planted))) == len(planted)


def test_a_downward_import_is_allowed() -> None:
    planted = [
        module("app/worker/loop.py", "from app.engine.turn import take_turn\nfrom . import retry"),
        module("app/cli.py", "from app.main import serve\nfrom app import __version__"),
        module("webhooks/simulator/app.py", "from webhooks.messenger.signature import sign"),
    ]
    assert not list(upward_imports(planted))


def upward_imports(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        room = next(room for room in MAY_IMPORT if is_in(each.name, (room,)))
        for line, name in imports(each):
            if is_in(name, OUR_TOPS) and not _may(each, room, name):
                yield (
                    f"{each.at(line)} {room} imports {name}. Write what it needs as an argument that main.py or cli.py "
                    f"hands over, or move it down to: {', '.join(MAY_IMPORT[room]) or 'nowhere'}."
                )


def _may(of: Module, room: str, name: str) -> bool:
    for root, importers in ROOTS.items():
        if is_in(name, (root,)):
            return of.name in importers
    if name == "app.__version__":
        return True
    return is_in(name, (room, *MAY_IMPORT[room])) if room not in ("app", "webhooks") else False
