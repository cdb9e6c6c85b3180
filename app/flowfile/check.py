"""A folder to a checked flow, or every problem in it. Reads the folder once; keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.engine.flow import Flow, Product, Shop, State
from app.flowfile.collector import paused_collector
from app.flowfile.parts.anywhere import read_anywhere
from app.flowfile.parts.entrances import read_entrances
from app.flowfile.parts.faq import look_at_faq, read_faq, read_topic_titles, read_topics
from app.flowfile.parts.graph import look_at_graph
from app.flowfile.parts.header import read_disclosure, read_header, read_moved, read_teams
from app.flowfile.parts.hours import read_hours
from app.flowfile.parts.known import Known
from app.flowfile.parts.page import look_at_commands
from app.flowfile.parts.policy import look_at_policy
from app.flowfile.parts.products import read_products
from app.flowfile.parts.sense import look_at_sense
from app.flowfile.parts.shapes import as_pairs, as_scalar, as_scalars
from app.flowfile.parts.shop import read_shop
from app.flowfile.parts.slots import read_slots
from app.flowfile.parts.states import read_state
from app.flowfile.parts.translations import look_at_translations, read_translations
from app.flowfile.problems import Place, Problem, Report, raise_for
from app.flowfile.rehearsal.answered import look_at_answered
from app.flowfile.rehearsal.read import read_tests
from app.flowfile.rehearsal.script import Conversation
from app.flowfile.rules import structure, yaml
from app.flowfile.source.folder import Folder, Source, read_folder
from app.flowfile.source.nodes import Node, Pairs, Scalar

BOT_FILE_KEYS = (
    "flow",
    "bot",
    "include",
    "hours",
    "teams",
    "slots",
    "messenger",
    "anywhere",
    "states",
    "moved",
    "faq",
    "products",
    "translations",
    "tests",
)
_SLOTS = "slots: {occasion: [Work, Party]}"
INCLUDED_FILE_KEYS = ("states", "faq", "products", "translations", "tests")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a folder is: `flow`, unless a problem that is no advice was found, and all problems by place.

    `as_read` is the flow as far as it could be read, problems or not: to be drawn, never to be run. None if not even that.
    `revision` is the content hash of the files that the bot uses; `files` are the ones whose change would change it.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    revision: str
    files: tuple[Path, ...]
    as_read: Flow | None = None
    tests: tuple[Conversation, ...] = ()


def check(folder: Path) -> Checked:
    """Everything about this folder at once. Never raises for what stands in it."""
    return check_with_names(folder)[0]


def check_with_names(folder: Path) -> tuple[Checked, Known | None]:
    """The same, with the names and sentences of the bot, for what writes for its owner; None where not even these could be read."""
    report = Report()
    with paused_collector():
        read = read_folder(folder, report)
        flow, tests, known = _read_bot(read, report) if read.is_whole else (None, (), None)
    problems = report.sorted()
    is_good = all(problem.advice for problem in problems)
    return Checked(flow if is_good else None, problems, read.revision, read.files, flow, tests), known


def read_flow(folder: Path) -> Flow:
    """The flow of this folder; raises FlowError with every problem."""
    checked = check(folder)
    raise_for(checked.problems)
    assert checked.flow is not None
    return checked.flow


def _read_bot(folder: Folder, report: Report) -> tuple[Flow, tuple[Conversation, ...], Known]:
    """Names first, then what uses them."""
    root = folder.sources[0].root
    _look_at_files(folder, report)
    header = read_header(root, report)
    known = Known(report, bot_name=header.name, languages=header.languages)
    read_translations(_all(folder, "translations"), known)
    known.teams = read_teams(root.get("teams"), report)
    slots, entries = root.get("slots"), _state_entries(folder, report)
    slot_pairs = as_pairs(slots, report, "slots with their types", _SLOTS) if slots else None
    known.slot_names = {key.text: key.place for key in slot_pairs.names()} if slot_pairs else {}
    known.states = {name.text: name.place for name, _ in entries}
    if slot_pairs:
        read_slots(slot_pairs, known)
    faq_nodes = _all(folder, "faq")
    read_topics(faq_nodes, known)
    shop, products = _read_shop(folder, known)
    anywhere, otherwise = read_anywhere(root.get("anywhere"), known)
    flow = Flow(
        revision=folder.revision,
        name=header.name,
        languages=header.languages,
        timezone=header.timezone,
        disclosure=read_disclosure(root, known),
        states=_read_states(entries, known),
        slots=known.slots,
        entrances=read_entrances(root, known),
        anywhere=anywhere,
        otherwise=otherwise,
        hours=read_hours(root.get("hours"), known),
        teams=known.teams,
        moved=read_moved(root.get("moved"), known),
        faq=read_faq(faq_nodes, known),
        products=products,
        shop=shop,
        topics=read_topic_titles(faq_nodes, known),
        rates_answers=header.rates_answers,
    )
    _look_at_whole(flow, root, entries, known)
    return flow, _read_tests(folder, flow, known), known


def _read_shop(folder: Folder, known: Known) -> tuple[Shop, Mapping[str, Product]]:
    """What holds for all products, and the products."""
    nodes = _all(folder, "products")
    shop, fed = read_shop(nodes, folder.feeds, known)
    return shop, read_products(nodes, known, fed)


def _read_tests(folder: Folder, flow: Flow, known: Known) -> tuple[Conversation, ...]:
    """The conversations, after a look at whether they ask for the whole FAQ."""
    tests = read_tests(_all(folder, "tests"), known)
    look_at_answered(flow, tests, known)
    return tests


def _look_at_whole(flow: Flow, root: Pairs, entries: list[tuple[Scalar, Node]], known: Known) -> None:
    """What only shows once everything is read."""
    look_at_graph(flow, known)
    look_at_faq(flow, known)
    look_at_commands(root, flow.anywhere, known)
    look_at_sense(flow, known)
    look_at_policy(flow, root, entries, known)
    look_at_translations(known)


def _look_at_files(folder: Folder, report: Report) -> None:
    """The top of each file: its keys, the version, what must be there."""
    main, *included = folder.sources
    _look_at_top_keys(main, BOT_FILE_KEYS, "bot.yaml", report)
    for source in included:
        include = source.root.key("include")
        report.take(yaml.include_in_a_circle(include) if include else ())
        _look_at_top_keys(source, (*INCLUDED_FILE_KEYS, "include"), "an included file", report)
    include_node = main.root.get("include")
    if include_node is not None:
        as_scalars(include_node, report, "file name", "include: [lang/fr.yaml]")
    version = main.root.get("flow")
    if version is None:
        report.take(structure.missing_key(main.root.place, "flow", "bot.yaml", "flow: 1"))
    elif scalar := as_scalar(version, report, "number", "flow: 1"):
        report.take(structure.unknown_flow_version(scalar))


def _look_at_top_keys(source: Source, known: tuple[str, ...], where: str, report: Report) -> None:
    report.take(structure.unknown_keys(source.root, known, where))


def _all(folder: Folder, key: str) -> list[Node]:
    """The values of a key that every file may have."""
    return [node for source in folder.sources if (node := source.root.get(key)) is not None]


def _state_entries(folder: Folder, report: Report) -> list[tuple[Scalar, Node]]:
    """Every state of every file, each name once."""
    entries: list[tuple[Scalar, Node]] = []
    first: dict[str, Place] = {}
    nodes = _all(folder, "states")
    for node in nodes:
        pairs = as_pairs(node, report, "states with their names", "states: {welcome: {say: Hello!}}")
        for name, value in pairs.entries if pairs else ():
            if name.text in first:
                report.take(yaml.doubled_key(name, first[name.text]))
            else:
                first[name.text] = name.place
                entries.append((name, value))
    if not nodes:
        root: Pairs = folder.sources[0].root
        report.take(structure.missing_key(root.place, "states", "bot.yaml", "states: {welcome: {say: Hello!}}"))
    return entries


def _read_states(entries: list[tuple[Scalar, Node]], known: Known) -> dict[str, State]:
    read = (read_state(name, node, known) for name, node in entries)
    return {state.name: state for state in read if state}
