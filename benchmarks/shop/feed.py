"""The feed of a made-up shop, in English or French: kinds of things with what they are made of, colours, sizes and prices, by one seed.

Nothing in it is of a real shop: the kinds are in kinds.tsv, brands are made of syllables, and chance picks the rest.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SEED = 2026

COLOURS = {
    "black": "noir", "white": "blanc", "grey": "gris", "red": "rouge", "pink": "rose", "orange": "orange", "yellow": "jaune",
    "green": "vert", "blue": "bleu", "purple": "violet", "brown": "marron", "beige": "beige", "gold": "doré", "navy": "bleu marine",
    "silver": "argent",
}  # fmt: skip
FAMILY = {"navy": "blue", "silver": "grey"}
MADE_OF = {
    "cotton": "en coton", "linen": "en lin", "silk": "en soie", "denim": "en jean", "velvet": "en velours", "wool": "en laine",
    "leather": "en cuir", "cashmere": "en cachemire", "straw": "de paille", "rubber": "en caoutchouc", "steel": "en acier",
    "ceramic": "en céramique", "porcelain": "en porcelaine", "iron": "en fonte", "oak": "en chêne", "bamboo": "en bambou",
    "crystal": "en cristal", "glass": "en verre", "wood": "en bois", "warm": "chaud", "striped": "à rayures", "light": "léger",
    "waterproof": "imperméable", "scented": "parfumé", "vanilla": "à la vanille", "lavender": "à la lavande", "round": "rond",
    "wireless": "sans fil", "bluetooth": "bluetooth",
}  # fmt: skip
WRITTEN = {"wood": "wooden", "iron": "cast iron", "crystal": "crystal glass"}
LETTERS = ("XS", "S", "M", "L", "XL", "XXL")
SYLLABLES = (
    "al",
    "bor",
    "cas",
    "del",
    "ema",
    "fio",
    "gar",
    "hil",
    "ino",
    "jor",
    "kel",
    "lum",
    "mar",
    "nor",
    "ola",
    "pir",
    "ros",
    "sil",
    "tan",
    "vel",
)
SAID = {
    "en": (
        "Made to last",
        "A quiet favourite",
        "For every day",
        "Soft to the touch",
        "Designed in a small studio",
        "Ready to be given away",
    ),
    "fr": (
        "Fait pour durer",
        "Un favori discret",
        "Pour tous les jours",
        "Doux au toucher",
        "Dessiné dans un petit atelier",
        "Prêt à offrir",
    ),
}
COLUMNS = (
    "id", "title", "description", "link", "image_link", "price", "sale_price", "availability", "brand", "product_type", "color",
    "size", "gender", "age_group", "item_group_id", "rating",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thing:
    """One product, and what is true of it: what the queries are judged by."""

    row: dict[str, str]
    kind: str
    words: tuple[str, ...]
    colour: str
    price: float


def things(count: int, language: str) -> Iterator[Thing]:
    """So many products. Clothes and shoes come in two or three sizes each, with one group."""
    chance = random.Random(SEED)
    with (HERE / "kinds.tsv").open(encoding="utf-8") as file:
        kinds = list(csv.DictReader(file, delimiter="\t"))
    brands = [(a + b).capitalize() for a in SYLLABLES for b in SYLLABLES if a != b]
    number = 0
    while number < count:
        kind = chance.choice(kinds)
        variants = _sizes(kind["sizes"], chance)
        first = _thing(kind, chance, language, chance.choice(brands), number)
        for size in variants:
            if number < count:
                row = {
                    **first.row,
                    "id": f"p{number}",
                    "size": size,
                    "item_group_id": f"g{first.row['id']}" if size else "",
                }
                yield Thing(row, first.kind, first.words, first.colour, first.price)
                number += 1


def _sizes(kind: str, chance: random.Random) -> list[str]:
    match kind:
        case "letters":
            return sorted(chance.sample(LETTERS, 3), key=LETTERS.index)
        case "shoes":
            return [str(each) for each in sorted(chance.sample(range(36, 47), 3))]
        case _:
            return [""]


def _thing(kind: dict[str, str], chance: random.Random, language: str, brand: str, number: int) -> Thing:
    material = chance.choice(kind["words"].split())
    colour = chance.choice(list(COLOURS))
    price = round(
        chance.triangular(float(kind["low"]), float(kind["high"]), float(kind["low"]) * 1.3)
    ) - 0.01 * chance.choice((0, 1, 10))
    sale = round(price * 0.8, 2) if chance.random() < 0.12 else 0.0
    gender, age = _for_whom(kind["gender"], chance)
    row = dict.fromkeys(COLUMNS, "") | {
        "id": str(number),
        "title": _title(kind, material, colour, brand, language),
        "description": f"{chance.choice(SAID[language])}. {chance.choice(SAID[language])}.",
        "link": f"https://shop.example/{number}",
        "image_link": f"https://shop.example/{number}.jpg",
        "price": f"{price:.2f} EUR",
        "sale_price": f"{sale:.2f} EUR" if sale else "",
        "availability": "out of stock" if chance.random() < 0.05 else "in stock",
        "brand": brand,
        "product_type": kind["category" if language == "en" else "catégorie"],
        "color": colour if language == "en" else COLOURS[colour],
        "gender": gender,
        "age_group": age,
        "rating": f"{chance.uniform(3, 5):.1f}",
    }
    return Thing(row, kind["en"], (material,), FAMILY.get(colour, colour), sale or price)


def _for_whom(kind: str, chance: random.Random) -> tuple[str, str]:
    if kind == "kids":
        return "unisex", "kids"
    if kind == "-":
        return "", ""
    gender = chance.choice(("female", "male", "unisex")) if kind == "any" else kind
    return gender, "kids" if kind == "any" and chance.random() < 0.12 else "adult"


def _title(kind: dict[str, str], material: str, colour: str, brand: str, language: str) -> str:
    if language == "en":
        return f"{brand} {WRITTEN.get(material, material)} {kind['en']}, {colour}"
    return f"{kind['fr'].capitalize()} {MADE_OF[material]} {COLOURS[colour]} {brand}"


def write_feed(path: Path, count: int, language: str) -> None:
    """The shop's feed as a file, as it would come from its web shop."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(each.row for each in things(count, language))
