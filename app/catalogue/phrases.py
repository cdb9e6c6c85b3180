"""How customers say prices, sizes and for whom, in the languages that are known. Words only; `wishes` reads with them."""

from __future__ import annotations

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


UP_TO = (
    "under|below|less than|up to|upto|at most|no more than|not more than|maximum|max|cheaper than|within|budget(?: is| of|:)?|<=?|"
    "not over|moins de|en dessous de|au dessous de|sous les?|sous|jusqu'? ?a|jusque|maximum de|pas plus de|au plus|inferieur a|"
    "ne depasse pas|budget de|unter|bis zu|bis|hochstens|weniger als|maximal|menos de|hasta|por debajo de|maximo|meno di|sotto i?|"
    "fino a|massimo|onder|minder dan|tot|hooguit|ate|abaixo de|no maximo"
)
FROM = (
    "over|above|more than|at least|from|starting at|minimum|min|>=?|plus de|au dessus de|au moins|a partir de|minimum de|"
    "superieur a|uber|mehr als|mindestens|ab|mas de|al menos|desde|por encima de|piu di|almeno|oltre|meer dan|minstens|vanaf|"
    "boven|mais de|pelo menos|acima de"
)
ABOUT = (
    "around|about|roughly|approximately|approx|circa|ca|~|close to|environ|autour de|aux alentours de|vers|a peu pres|dans les|"
    "ungefahr|etwa|um die|alrededor de|unos|circa|ongeveer|rond|cerca de|por volta de"
)
BETWEEN = "between|entre|zwischen|tra|fra|tussen"
AND = "and|et|und|y|e|en|to|a|bis|-|–"
AFTER_UP_TO = "max(?:imum)?|or less|or under|tops|ou moins|au maximum|au plus|maxi|hochstens|oder weniger|o menos|o meno|of minder"
AFTER_FROM = "or more|and up|ou plus|minimum|et plus|oder mehr|o mas|o piu|of meer"
CURRENCY = r"[€$£¥]|euros?|eur|dollars?|usd|bucks|pounds?|quid|gbp|chf|francs?|fr"
NUMBER = r"\d{1,3}(?:[ '.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,7}(?:[.,]\d{1,2})?(?!\d)"
UNITS = re.compile(
    r" ?(?:cm|mm|m|km|ml|cl|l|lit(?:re|er)s?|kg|g|gr|mg|inch(?:es)?|in|ft|\"|''|gb|go|tb|mah|w|watts?|v|hz|%|"
    r"years?|yrs?|ans|mois|months?|jahre|persons?|people|personnes|pieces?|pcs|places|days?|jours|hours?|heures|h)(?!\w)"
)
"""Behind a number one of these makes it a measure."""

SIZE_WORDS = "size|sizes|taille|tailles|pointure|pointures|grosse|gr|talla|tallas|taglia|maat|tamanho|shoe size|en taille|in size"
LETTER_SIZES = _words("xxs xs s m l xl xxl xxxl 2xl 3xl 4xl 5xl")
SPOKEN_SIZES = {"extra small": "xs", "small": "s", "medium": "m", "extra large": "xl", "large": "l"}
"""Words that are a size beside a word for it, and otherwise only where the products that are meant have such sizes."""
SIZE_PHRASES = {
    "petite taille": "s", "taille moyenne": "m", "grande taille": "l", "one size": "one size", "taille unique": "one size",
}  # fmt: skip

WOMEN = _words(
    "women woman womens womans lady ladies female femme femmes dame dames feminin feminine damen frauen frau mujer mujeres "
    "donna donne vrouw vrouwen mulher mulheres"
)
MEN = _words(
    "men man mens mans gentleman gentlemen male homme hommes masculin herren manner mann hombre hombres uomo uomini heren "
    "mannen homem homens"
)
HER = _words(
    "her sister mother mum mom wife girlfriend grandma grandmother aunt niece soeur mere maman epouse copine grand-mere mamie "
    "tante schwester mutter freundin hermana madre sorella zus moeder"
)
HIM = _words(
    "him brother father dad husband boyfriend grandpa grandfather uncle nephew frere pere papa mari copain grand-pere papi "
    "oncle neveu bruder vater freund hermano padre fratello broer vader"
)
GIRLS = _words("girl girls girls' daughter fille filles fillette madchen nina ninas ragazza meisje")
BOYS = _words("boy boys garcon garcons fils jungen junge nino ninos ragazzo jongen")
CHILDREN = _words(
    "kid kids child children childrens toddler toddlers enfant enfants kinder kind ninos bambini bambino kinderen criancas"
)
OTHERS = _words(
    "friend friends colleague colleagues boss teacher neighbour neighbor parents grandparents couple host family "
    "ami amie amis amies collegue collegues patron voisin voisine famille freund freunde kollege kollegin "
    "amigo amiga amico amica vriend"
)
"""Others who get presents; of what kind is not said."""
BABIES = _words("baby babies infant newborn bebe bebes nourrisson")

CHEAP = _words(
    "cheap cheapest inexpensive affordable cheaper budget-friendly economique abordable gunstig billig barato barata "
    "economico economica goedkoop economici"
)
CHEAP_PHRASES = (
    "pas cher",
    "pas chere",
    "pas cheres",
    "pas chers",
    "pas trop cher",
    "pas trop chere",
    "moins cher",
    "moins chere",
    "bon marche",
)
SALE = _words(
    "sale sales discount discounted reduced promo promos promotion promotions solde soldes rabais remise angebot reduziert "
    "oferta rebajas sconto saldi korting uitverkoop"
)
CUES = (
    "do you have|do you sell|have you got|you got|show me|looking for|look for|search for|searching for|i want|i need|i d like|"
    "i would like|any|got any|find me|gift|gifts|present|for my|something|avez vous|vous avez|vendez vous|je cherche|je veux|"
    "je voudrais|j aimerais|il me faut|montrez moi|montre moi|cadeau|cadeaux|pour ma|pour mon|un truc|quelque chose|"
    "haben sie|habt ihr|ich suche|ich brauche|geschenk|zeigen sie|tienen|busco|quiero|necesito|regalo|avete|cerco|vorrei|"
    "hebben jullie|heeft u|ik zoek|cadeau|voces tem|procuro|presente"
)
"""Phrases by which somebody who shops is known."""

EMPTY = _words(
    "don doesn didn isn aren wasn couldn wouldn won why problem aime adore but mais aber pero sino ma maar mas if a an the this "
    "that these those is are was were be been do does did can could will would shall should may i you we they he she it me us "
    "them my your our their its in on at to of for from with by and or so as about what which who how much many there here please "
    "thanks hi hello hey want wants like need know show get got give let just also any some have has one ones something anything "
    "someone look looking search searching find buy buying sell sells shop price prices euro euros dollar dollars pounds eur usd "
    "gbp good nice best great pretty cool really very more than not no too s d m t re ll ve gift gifts present cost costs under "
    "over below above less between around up max maximum min minimum budget color colour size colored coloured new kind type sort "
    "item items product products available stock stuff thing things recommend suggest idea ideas le la les l un une des du de et "
    "ou au aux en dans sur pour par avec est sont ce cet cette ces c que qu qui quoi quel quelle quels quelles comment combien je "
    "j tu il elle nous vous ils elles te se mon mes ton ta tes son sa ses notre nos votre vos leur ne n y veux voudrais voulez "
    "aimerais idee idees cherche cherchez recherche avez auriez aurais vendez montrez moi plait svp bonjour salut merci cadeau "
    "cadeaux offrir faut quelque chose truc joli jolie jolis jolies beau belle beaux bien bon bonne prix cher moins plus entre "
    "environ jusqu sous couleur taille pointure genre article articles produit produits acheter besoin trouver der die das den "
    "dem ein eine einen einem und oder ist sind fur mit von zu im am auf ich sie wir ihr haben habt suche brauche mochte bitte "
    "hallo geschenk unter bis uber farbe grosse etwas el los las una o es para por con yo busco quiero necesito tienen hola "
    "regalo algo lo gli e per di cerco vorrei avete ciao qualcosa het een voor met van ik zoek wil hebben jullie iets os um uma "
    "com procuro quero presente sizes tailles pointures tallas"
)
"""Words that name no product."""
