"""What is said of one's own things and what is wished for, told apart by how the sentence is built: written before the rules were."""

from __future__ import annotations

import time

import pytest

from app.catalogue.wishes import read_wishes

LANGUAGES = ("en", "fr", "de", "es")
COMPLAINTS = (
    "the rain coat you sent is the wrong colour",
    "my pearl earrings turned black after a day",
    "the wool blanket I got yesterday smells of smoke",
    "both shirts I ordered came in the same size",
    "the strap of my leather bag snapped this morning",
    "I have been waiting three weeks for my storm boots",
    "your courier left my package with the coat in the rain",
    "the sequins keep dropping off my top",
    "my new jeans have shrunk two sizes",
    "can you tell me where the satin dress I bought online is",
    "the candle was melted when I unpacked it",
    "these sandals hurt my feet, how do I give them back",
    "the sweater I received has somebody else's name in it",
    "my husband's belt buckle came loose",
    "the scarf in my parcel is not the one from the photo",
    "I paid for two mugs and there was only one in the box",
    "the swimsuit became see-through in the pool",
    "my order had a cardigan in it that isn't mine",
    "I want to complain about the velvet jacket you sold me",
    "the sole of one of my sneakers is coming off",
    "la veste que vous m'avez envoyée n'a pas de doublure",
    "mes boucles d'oreilles ont noirci en deux jours",
    "le pull reçu hier gratte et sent le moisi",
    "cela fait trois semaines que j'attends mes bottes",
    "la lanière de mon sac en cuir a cédé",
    "j'ai payé deux tasses et il n'y en avait qu'une dans le colis",
    "mon jean neuf a perdu sa couleur",
    "le foulard livré n'est pas celui de la photo",
    "la semelle de mes baskets se décolle",
    "où en est la robe en satin que j'ai prise en ligne",
    "la bougie avait fondu à la réception",
    "comment rendre des sandales qui font mal",
    "meine Jacke ist mit einem Loch angekommen",
    "die Stiefel, die ich bestellt habe, sind undicht",
    "wo bleibt mein Mantel",
    "der Pullover, den ich bekommen habe, ist zu eng",
    "mi vestido llegó roto",
    "las botas que compré me aprietan",
    "¿dónde está mi abrigo?",
    "el jersey que recibí huele mal",
)
WISHES = (
    "I broke my old mug, I need a new one",
    "my sister loves scarves, what would you suggest",
    "I ordered a shirt last year and loved it, do you have it in blue",
    "do you have boots that don't leak",
    "a coat for my trip to Norway that arrives before Friday",
    "my daughter needs slippers",
    "I lost my gloves, which ones do you sell",
    "I've been waiting for a velvet jacket like this, is it still available",
    "a present for my father, maybe a belt",
    "I want to return to wearing dresses, show me some",
    "something that goes with my new jeans",
    "which bag fits my laptop",
    "my boyfriend's birthday is soon, a wallet would be nice",
    "can I order the linen suit in size L",
    "I'm looking for a dress to wear to my wedding",
    "a sweater that does not scratch",
    "is the rain coat in stock",
    "my feet are always cold, warm socks please",
    "I received a gift card, what dresses do you have",
    "a shirt I can wash at 60 degrees",
    "je cherche une robe pour mon mariage",
    "ma fille voudrait un pull rose",
    "j'ai perdu mes gants, lesquels avez-vous",
    "mon ami aime les foulards",
    "un manteau pour mon voyage à Oslo",
    "est-ce que la veste en velours est disponible",
    "je voudrais commander une chemise blanche",
    "une ceinture pour mon mari, 40 euros maximum",
    "j'ai reçu une carte cadeau et je cherche une robe",
    "quelles bottes ne prennent pas l'eau",
    "un sac qui va avec mes baskets",
    "des chaussettes chaudes, j'ai toujours froid aux pieds",
    "ich suche ein Kleid für meine Hochzeit",
    "meine Schwester mag Schals",
    "ich möchte ein Hemd bestellen",
    "haben Sie einen Mantel für meinen Mann",
    "busco un vestido para mi boda",
    "quiero un bolso para mi madre",
    "mi hermano necesita un cinturón",
    "tienen botas que no se mojen",
    "the red dress in the window, how much is it",
    "my wife wants the wool coat in navy",
    "this scarf but in green please",
    "do these boots come in 43",
    "the leather bag is lovely, is there a smaller one",
    "I like the velvet jacket, do you have trousers to go with it",
    "my size is M, show me shirts",
    "my budget is 50 euros for a sweater",
    "our host collects mugs",
    "the cheapest candle you have",
    "a dress that is not too short",
    "jeans that are not too tight",
    "waterproof boots, my old ones leak",
    "something for my girlfriend, she loves pearls",
    "my favourite colour is green, any dresses",
    "the moss cardigan please",
    "could I see the sandals in brown",
    "need a hat before Saturday",
    "our wedding is in June, I want a linen suit",
    "those sunglasses in black?",
    "ma mère adore les bougies",
    "le manteau en laine, combien coûte-t-il",
    "la robe satin en rouge, s'il vous plaît",
    "ma taille est 40, quelles chaussures avez-vous",
    "cette écharpe existe-t-elle en bleu",
    "mon budget est de 50 euros pour un pull",
    "le sac en cuir mais plus petit",
    "une robe pas trop courte",
    "un jean qui n'est pas trop serré",
    "mon père porte du 43, des bottes chaudes",
    "notre fils veut un sac à dos",
    "les baskets blanches en 38",
    "meine Mutter trägt Größe 42, ein warmer Pullover",
    "die Jacke in Schwarz bitte",
    "mi talla es la M, camisas",
    "las botas negras del 41",
)


@pytest.mark.parametrize("text", COMPLAINTS)
def test_what_went_wrong_with_ones_own_thing_is_no_wish(text: str) -> None:
    assert read_wishes(text, LANGUAGES).trouble


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_that_speaks_of_ones_own_things_stays_one(text: str) -> None:
    assert not read_wishes(text, LANGUAGES).trouble


@pytest.mark.parametrize(
    "text", ["my " * 130, "the my one of mon ma le la de " * 13, "my dress the boots mon pull la robe que " * 10]
)
def test_a_sentence_that_leads_nowhere_costs_little(text: str) -> None:
    took = []
    for _ in range(5):
        began = time.process_time()
        read_wishes(text, LANGUAGES)
        took.append(time.process_time() - began)
    assert min(took) < 0.05
