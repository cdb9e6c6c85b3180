"""The bot's own words about products, by language: what nothing was found for, what stands on cards. Never an owner's text."""

from __future__ import annotations

from app.letters import fold

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "close": "I have nothing {wishes}. These come close:",
        "under": "under {value}",
        "over": "over {value}",
        "between": "between {low} and {high}",
        "about": "around {value}",
        "colour": "in {value}",
        "colour_not": "in another colour",
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
        "under": "à moins de {value}",
        "over": "à plus de {value}",
        "between": "entre {low} et {high}",
        "about": "autour de {value}",
        "colour": "en {value}",
        "colour_not": "dans une autre couleur",
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
        "under": "unter {value}",
        "over": "über {value}",
        "between": "zwischen {low} und {high}",
        "about": "um {value}",
        "colour": "in {value}",
        "colour_not": "in einer anderen Farbe",
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
        "under": "por menos de {value}",
        "over": "por más de {value}",
        "between": "entre {low} y {high}",
        "about": "por unos {value}",
        "colour": "en {value}",
        "colour_not": "en otro color",
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
    "more|more please|show more|show me more|next|others|other ones|anything else|something else|what else|plus|encore|"
    "en voir plus|voir plus|d'autres|autre chose|la suite|suivant|suivants|montre m'en d'autres|mehr|mehr zeigen|weitere|noch mehr|"
    "andere|más|mas|ver más|otros|otras|siguiente|altro|ancora|di più|meer|meer zien|mais|ver mais"
)
MORE = frozenset(fold(each) for each in _MORE.split("|"))
"""Whole messages that ask for the next products, in any of our languages."""
