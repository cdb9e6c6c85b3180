"""Names of colours, in the languages that are cheap to know, and which of a dozen families they belong to."""

from __future__ import annotations

from app.letters import fold

_NAMES = {
    "black": "black schwarz noir noire noirs noires negro negra nero nera zwart preto preta ebony onyx",
    "white": "white weiss weiß blanc blanche blancs blanches blanco blanca bianco bianca wit branco branca ivory ecru ivoire",
    "grey": "grey gray grau gris grise grises grigio grigia grijs cinza charcoal anthracite anthrazit silver argent argente plata "
    "silber",
    "red": "red rot rote rotes rouge rouges rojo roja rosso rossa rood rode vermelho vermelha crimson scarlet burgundy bordeaux "
    "maroon ruby carmin",
    "pink": "pink rose roses rosa fuchsia magenta roze blush",
    "orange": "orange oranges naranja arancione oranje laranja coral corail apricot terracotta rust",
    "yellow": "yellow gelb gelbe jaune jaunes amarillo amarilla giallo gialla geel amarelo mustard moutarde lemon",
    "green": "green grun grune grün vert verte verts vertes verde groen khaki kaki olive emerald mint menthe sage teal",
    "blue": "blue blau blaue blaues bleu bleue bleus bleues azul blu azzurro blauw navy marine turquoise cyan indigo sky",
    "purple": "purple lila violett violet violette violets violettes morado viola paars roxo lavender lavande mauve plum prune",
    "brown": "brown braun braune brun brune marron marrons marroncino marrone bruin castanho tan camel cognac chocolate chestnut",
    "beige": "beige beiges sand sable cream creme crema nude taupe",
    "gold": "gold golden dore doree or dorado oro goud dourado brass",
    "multicolour": "multicolour multicolor multicolore mehrfarbig bunt rainbow",
}
_FAMILIES = tuple(_NAMES)
_BITS: dict[str, int] = {}
for _number, _family in enumerate(_FAMILIES):
    for _name in _NAMES[_family].split():
        _BITS[fold(_name)] = 1 << _number

_ENDINGS = ("es", "e", "s", "er", "en")
"""What stands behind a colour beside a thing: verte, rotes, blaue."""
_WRITTEN = {
    fold(name): name for listed in _NAMES.values() for name in sorted(listed.split(), key=str.isascii, reverse=True)
}


def plain_name(word: str) -> str:
    """A colour, folded, as one says it alone and as it is written: "verte" is vert, "grune" is grün, "roja" is rojo."""
    family = _BITS.get(word)
    stems = [word.removesuffix(each) for each in _ENDINGS if word.endswith(each)]
    if word.endswith("a"):
        stems.append(f"{word[:-1]}o")
    found = next((each for each in stems if family and _BITS.get(each) == family), word)
    return _WRITTEN.get(found, found)


_RARELY = frozenset(
    (
        "or",
        "rose",
        "roses",
        "sand",
        "sky",
        "mint",
        "sage",
        "rust",
        "plum",
        "lemon",
        "lavender",
        "lavande",
        "tan",
        "cream",
        "marine",
        "viola",
    )
)
"""Words that mostly mean something else in a message: they are colours only in a field of a product, or behind "in" and "en"."""

_INTO = frozenset(("in", "en", "color", "colour", "couleur", "farbe"))


def bits_of(text: str) -> int:
    """The families of all colours that a text names, one bit each."""
    bits = 0
    for word in fold(text).split():
        bits |= _BITS.get(word, 0)
    return bits


NAMES = tuple(sorted(each for each in _BITS if len(each) >= 4 and each not in _RARELY))
"""Names that a slip of the finger may have made another word of."""


def bit_of(word: str, before: str = "") -> int:
    """The family of a folded word in a message, 0 for none; `before` is the word in front of it."""
    return 0 if word in _RARELY and before not in _INTO else _BITS.get(word, 0)
