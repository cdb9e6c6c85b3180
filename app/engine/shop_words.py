"""The bot's own words about products, by language: what nothing was found for, what stands on cards. Never an owner's text."""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "close": "I have nothing {wishes}. These come close:",
        "nothing_like": "I am sorry, I have nothing like that {wishes}.",
        "under": "under {value}",
        "over": "over {value}",
        "between": "between {low} and {high}",
        "about": "around {value}",
        "colour": "in {value}",
        "colour_not": "in another colour",
        "without": "without {value}",
        "size": "in size {value}",
        "sale": "on sale",
        "female": "for women",
        "male": "for men",
        "kids": "for children",
        "infant": "for babies",
        "other": "for {value}",
        "more_products": "Show more",
        "sold_out": "sold out",
        "was": "{now} instead of {before}",
        "liked": "Noted: you like that.",
        "disliked": "All right, I will leave that out.",
    },
    "fr": {
        "close": "Je n'ai rien {wishes}. Voici ce qui s'en approche :",
        "nothing_like": "Désolé, je n'ai rien de tel {wishes}.",
        "under": "à moins de {value}",
        "over": "à plus de {value}",
        "between": "entre {low} et {high}",
        "about": "autour de {value}",
        "colour": "en {value}",
        "colour_not": "dans une autre couleur",
        "without": "sans {value}",
        "size": "en taille {value}",
        "sale": "en promotion",
        "female": "pour femme",
        "male": "pour homme",
        "kids": "pour enfant",
        "infant": "pour bébé",
        "other": "pour {value}",
        "more_products": "En voir plus",
        "sold_out": "épuisé",
        "was": "{now} au lieu de {before}",
        "liked": "C'est noté : cela vous plaît.",
        "disliked": "D'accord, je ne le montrerai plus.",
    },
    "de": {
        "close": "Ich habe nichts {wishes}. Das kommt dem nahe:",
        "nothing_like": "Leider habe ich so etwas nicht {wishes}.",
        "under": "unter {value}",
        "over": "über {value}",
        "between": "zwischen {low} und {high}",
        "about": "um {value}",
        "colour": "in {value}",
        "colour_not": "in einer anderen Farbe",
        "without": "ohne {value}",
        "size": "in Größe {value}",
        "sale": "im Angebot",
        "female": "für Damen",
        "male": "für Herren",
        "kids": "für Kinder",
        "infant": "für Babys",
        "other": "für {value}",
        "more_products": "Mehr zeigen",
        "sold_out": "ausverkauft",
        "was": "{now} statt {before}",
        "liked": "Gemerkt: Das gefällt Ihnen.",
        "disliked": "In Ordnung, das lasse ich weg.",
    },
    "es": {
        "close": "No tengo nada {wishes}. Esto se acerca:",
        "nothing_like": "Lo siento, no tengo nada así {wishes}.",
        "under": "por menos de {value}",
        "over": "por más de {value}",
        "between": "entre {low} y {high}",
        "about": "por unos {value}",
        "colour": "en {value}",
        "colour_not": "en otro color",
        "without": "sin {value}",
        "size": "en talla {value}",
        "sale": "en oferta",
        "female": "para mujer",
        "male": "para hombre",
        "kids": "para niños",
        "infant": "para bebés",
        "other": "para {value}",
        "more_products": "Ver más",
        "sold_out": "agotado",
        "was": "{now} en vez de {before}",
        "liked": "Anotado: le gusta.",
        "disliked": "De acuerdo, no lo mostraré más.",
    },
}

_MORE = (
    "more next others other else plus encore autres autre suite suivant suivants suivante mehr weitere weiteres andere anderes "
    "mas otros otras otro otra siguiente siguientes altro altri ancora piu meer mais outros"
)
_BESIDE = (
    "show me us see can could you i have get got give do does the a any some please one ones of them those these like what is are "
    "there it anything something models options results again en voir d vous avez avons montre montrez moi m chose choses je peux "
    "la les le des de s il y t plait svp modeles qu quoi un une zeigen zeig zeige mir noch bitte haben sie gibt es was etwas ver "
    "muestra muestrame tienes tiene hay por favor algo que di zien"
)
_MORE_WORDS, _BESIDE_WORDS = frozenset(_MORE.split()), frozenset(_BESIDE.split())

MORE_WORDS_MAX = 7
"""A longer message says something else too."""


def asks_for_more(folded: str) -> bool:
    """Whether a message, as `fold` gives it, asks for the next products and for nothing else, in any of our languages."""
    words = frozenset(folded.split()[: MORE_WORDS_MAX + 1])
    return len(words) <= MORE_WORDS_MAX and not words.isdisjoint(_MORE_WORDS) and words <= _MORE_WORDS | _BESIDE_WORDS


def says_more(folded: str) -> bool:
    """Whether it has such a word, and no number that might be bounded by it: "more shirts", not "more than 50"."""
    words = folded.split()
    return not _MORE_WORDS.isdisjoint(words) and not any(each.isdigit() for each in folded)
