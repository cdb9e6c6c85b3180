"""Words that carry no meaning of their own in a question, folded, by language. Never a word that could name what is asked for."""

from __future__ import annotations

_ENGLISH = (
    "a an the this that these those is are was were am be been do does did done can could will would shall should may "
    "might must have has had i you we they he she it me us them my your our their its in on at to of for from with by "
    "and or if so as about what when where which who whom whose why how much many there here please thanks thank hi "
    "hello hey want wants like need know tell ask get got give let just also any long take takes some not no yes s t d m re ll ve"
)
_FRENCH = (
    "le la les l un une des du de d et ou où a à au aux en dans sur pour par avec sans est sont etes suis sera ce cet "
    "cette ces c que qu qui quoi quel quelle quels quelles quand comment combien pourquoi je j tu il elle on nous vous "
    "ils elles me m te t se s mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ne n pas y puis peux "
    "peut pouvez pouvons dois faut faire fait avez ai avoir voudrais veux merci bonjour svp plait si"
)
_GERMAN = (
    "der die das den dem des ein eine einen einem einer und oder ist sind war bin bist seid sein habe haben hat hast "
    "kann kannst können könnt muss müssen will wollen möchte ich du er sie es wir ihr mich mir dich dir uns euch mein "
    "meine dein deine unser unsere ihre ihren zu zum zur im in am an auf für von vom mit bei aus um über was wann wo "
    "wie viel viele warum welche welcher welches wer wen gibt nicht bitte danke hallo"
)
_SPANISH = (
    "el la los las un una unos unas de del y o u es son está están soy eres ser hay que qué cuál cuáles cuándo dónde "
    "cómo cuánto cuánta cuántos cuántas por para con sin en a al yo tú usted él ella nosotros ustedes me te se nos mi "
    "mis tu tus su sus lo le les puedo puede pueden quiero quisiera tengo tiene tienen hacer gracias hola favor si no"
)
LANGUAGES = (_ENGLISH, _FRENCH, _GERMAN, _SPANISH)
