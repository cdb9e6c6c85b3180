"""A small shop of products, and what is found in it."""

from __future__ import annotations

from app.catalogue.ask import Asked, ask, usual_likes
from app.catalogue.item import FieldValue, Item
from app.catalogue.seek import Query
from app.catalogue.shelf import Shelf, shelf_of

LANGUAGES = ("en", "fr")


def item(name: str, price: float = 0.0, **fields: FieldValue) -> Item:
    """Its id is its name; `about` is what it says of itself."""
    about = str(fields.pop("about", ""))
    priced: dict[str, FieldValue] = {"price": price} if price else {}
    return Item(name.lower().replace(" ", "-"), name, about, fields={**priced, **fields})


SHOP = (
    item(
        "Red dress",
        59.0,
        color="red",
        product_type="Dresses",
        gender="female",
        rating=4.0,
        about="Cotton, for summer evenings.",
    ),
    item("Silk dress", 120.0, color="navy", product_type="Dresses", gender="female", rating=4.9),
    item("Green T-shirt", 19.0, color="green", product_type="Shirts", gender="unisex", size="M", rating=4.1),
    item("Silk scarf", 35.0, color="red", product_type="Scarves", gender="female", rating=4.5),
    item("Wool sweater", 70.0, color="grey", product_type="Knitwear", gender="male", size="L", rating=4.2),
    item("Sneakers white", 80.0, color="white", product_type="Shoes", size="42", item_group_id="sneakers", rating=3.9),
    item(
        "Sneakers white 43", 80.0, color="white", product_type="Shoes", size="43", item_group_id="sneakers", rating=3.9
    ),
    item("Old lamp", 25.0, color="brown", product_type="Lamps", availability="out of stock", rating=5.0),
    item("Bunny pyjamas", 29.0, color="pink", product_type="Nightwear", age_group="kids", gender="unisex"),
    item("Écharpe en laine", 40.0, color="bleu", product_type="Écharpes", gender="female"),
)


def shelf(*items: Item, synonyms: tuple[tuple[str, ...], ...] = ()) -> Shelf:
    return shelf_of(items or SHOP, LANGUAGES, synonyms)


def asked(text: str, made: Shelf | None = None, **query: object) -> Asked:
    """What a message finds: nothing sold out, the first ten."""
    made = shelf() if made is None else made
    usual = {"must": made.available, "number": 10, "likes": usual_likes(made)}
    return ask(made, text, LANGUAGES, Query(**{**usual, **query}), by_name=True)  # type: ignore[arg-type]


def found(text: str, made: Shelf | None = None, **query: object) -> list[str]:
    made = shelf() if made is None else made
    return [made.ids[row] for row in asked(text, made, **query).hits.rows]


def dropped(text: str, made: Shelf | None = None) -> list[str]:
    return [each.kind for each in asked(text, made).hits.dropped]
