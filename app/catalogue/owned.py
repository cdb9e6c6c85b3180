"""Knows what is said of a thing that somebody has, waits for or paid: "the coat you sent", "ma bague est cassée". Words only.

It goes by the build of a sentence, not by whole phrases: a thing that is somebody's or a certain one, and behind it what went wrong,
or how it came to be his.
"""

from __future__ import annotations

import re

_THING_EN = (
    r"(?:my|our|mine|his|her|the|these|this|those|both|one of \w+|the \w+ of \w+)(?! (?:old|last|favou?rite|size|budget) )"
    r"(?: \w+){1,5}?"
)
_NOT_NOT_EN = r"(?<! not)(?<!n t)(?<! t)(?<! never)(?<! without)"
_FAULTS_EN = (
    r"torn|ripped|broken|damaged|stained|defective|faulty|cracked|smashed|shattered|snapped|melted|shrunk|shrank|faded|bent|dented|"
    r"leaks?|leaking|leaked|smells?|stinks?|hurts?|itch(?:es)?|scratch(?:es)?|mouldy|moldy|rusty|rusted|"
    r"(?:turned|went|gone|became) (?:already |all |completely )?(?:black|yellow|green|grey|brown|rusty|see through|dull|loose)|"
    r"(?:came|coming|come|fell|falls?|falling|fallen|dropping|drops?|peels?|peeling|wears?|wearing) (?:off|apart|loose|undone|out|"
    r"through)|"
    r"gave (?:up|out|way)|gives up|lost (?:its|their|a|one)|stopped|will not|won t|does not (?:work|close|open|charge|turn)|"
    r"doesn t (?:work|close|open|charge|turn|suit|fit)|don t (?:work|close|fit)|runs? (?:slow|late|fast)|too (?:tight|small|big|"
    r"large|short)"
)
_CAME_EN = (
    r"(?:that |which )?(?:you|they|he|she|your \w+)(?: ve| have| has| had)?(?: just| already)? (?:sent|shipped|delivered|sold|gave|"
    r"mailed)|"
    r"(?:that |which )?(?:i|we)(?: ve| have| had)?(?: just| already| only)? (?:ordered|bought|got|received|paid|purchased|"
    r"asked for|returned)"
)
_ENGLISH = (
    rf"{_THING_EN} (?:{_CAME_EN})|(?:{_THING_EN}){_NOT_NOT_EN} (?:{_FAULTS_EN})|"
    r"(?:been )?wait(?:ing|ed) (?:for )?(?:\w+ ){0,2}(?:days?|weeks?|months?|for (?:my|the))|still (?:have not|haven t|has not|"
    r"hasn t|waiting|no)|"
    r"(?:is|are) (?:my|our|the) (?:\w+ ){1,4}(?:on (?:its|the|their) way|shipped|sent|gone|ready)|"
    r"when (?:will|are|is|do|does) (?:\w+ ){1,5}(?:ship|send|deliver|dispatch|arrive)|(?:where|what) (?:is|are|s|"
    r"happened).{0,20} (?:my|our) \w+|"
    r"(?:courier|postman|mailman|doorstep|invoice|unpacked|unboxed|opened the (?:box|parcel|package))|in the (?:box|parcel)|"
    r"(?:my|our|your|the|a) (?:parcel|package|box) (?:with|of|from|was|is|with)|(?:charged|billed|charge) (?:me|us|twice|my)|"
    r"(?:somebody|someone) stole|was stolen|(?:is|are|was|were) not the (?:one|ones|same)|isn t (?:mine|the one)|not mine|"
    r"i asked for|i paid for|missing (?:on|in|from)|(?:give|send|bring|take|mail|hand) (?:\w+ ){1,4}back|money for"
)
_THING_FR = r"(?:mon|ma|mes|notre|nos|le|la|les|l|ce|cet|cette|ces|un des|une des|\w+ de (?:mon|ma|mes))(?: \w+){1,5}?"
_FAULTS_FR = (
    r"(?:(?:a|ont|s est|se sont|est|sont|etait|etaient|avait|avaient) (?:\w+ )?)?"
    r"(?:dechir|abim|cass|trou|tach|endommag|defectu|decolor|deteint|noirc|jaun|retreci|fondu|fele|felur|fendu|lach|ced|decoll|"
    r"decous|bris)\w*|"
    r"(?:se |s )(?:decoll|decous|dechir|defai|detach|effiloch|us)\w*|(?:prend|prennent|laisse\w*) (?:l eau|entrer l eau)|"
    r"sen(?:t|tent) (?:le|la|mauvais|bizarre|fort|drole)|gratte\w*|fuit|fuient|moisi\w*|rouill\w*|retarde|perime\w*|"
    r"(?:a|ont) perdu (?:sa|ses|leur|leurs|un|une)|ne (?:\w+ ){1,3}(?:plus|pas)|n (?:est|a|ont|sont) (?:pas|plus)|font mal|fait mal|"
    r"(?:bien |beaucoup |est |sont )?trop (?:petit|grand|serr|court|long|large|etroit)\w*|en morceaux|en mille morceaux"
)
_CAME_FR = (
    r"(?:que|qu)(?: \w+)? (?:(?:j|je|nous|on) (?:l )?(?:ai|avons|a)|vous (?:m |nous )?avez|(?:il|elle) m a)(?: \w+)? "
    r"(?:command|achet|recu|pay|envoy|livr|vendu|pris|rendu|choisi|demand)\w*|"
    r"(?:recu|livre|envoye|achete|commande|facture|paye)e?s?(?! (?:pour|avant|en))"
)
_FRENCH = (
    rf"{_THING_FR} (?:{_CAME_FR})|{_THING_FR} (?:{_FAULTS_FR})|"
    r"(?:cela|ca) fait (?:\w+ ){1,3}(?:jours?|semaines?|mois) que|j attends (?:toujours|encore|depuis|mon|ma|mes|le|la|les)|"
    r"toujours (?:rien|aucune?|pas)|(?:le|du|mon|votre|un) (?:colis|carton|paquet|livreur|coursier|facteur)|a (?:la reception|"
    r"l ouverture)|"
    r"ou en (?:est|sont)|ou (?:est|sont|reste)\w* (?:mon|ma|mes|la|le|les)|"
    r"(?:mon|ma|mes|le|la|les) (?:\w+ ){1,4}(?:est|sont)(?: il| elle| ils| elles) (?:parti|expedie|envoye|livre|pret)\w*|"
    r"(?:quand|allez vous) (?:\w+ ){0,4}(?:expedi|envoy|livr)\w*|(?:m|nous) (?:avez|a) (?:factur|debit|compt|vol|prelev)\w*|"
    r"(?:une|la|ma|de) facture|il (?:me )?(?:manque|manquait)|il n y en avait|j avais (?:demand|command|pris)\w*|"
    r"recuperer (?:l argent|mon argent)|(?:comment|pour|puis je|dois je|peut on|temps \w+ je pour) (?:\w+ )?"
    r"(?:rendre|rapporter|renvoyer|retourner)|"
    r"(?:n est|ne sont) pas (?:celui|celle|ceux|celles)|ne me (?:plai|convien)\w*|de la photo|du pied (?:gauche|droit)"
)
_GERMAN = (
    r"(?:die|der|das|den|meine?n?) (?:\w+ ){1,3}(?:die|der|das|den) (?:ich|sie|ihr)(?: \w+){0,3} "
    r"(?:bestellt|bekommen|gekauft|erhalten|geschickt|geliefert|bezahlt)|wo (?:bleibt|bleiben|ist|sind) (?:mein|die|der|das|den)\w*|"
    r"mein\w* (?:\w+ ){1,4}(?:ist|sind|hat|haben|kam|kamen) (?:\w+ ){0,4}"
    r"(?:angekommen|loch|locher|undicht|gerissen|kaputt|eng|klein|gross|fleck\w*|gebrochen|verfarbt|eingelaufen)|"
    r"(?:rechnung|paket|lieferung|paketbote|warte (?:\w+ ){0,3}auf mein\w*)|seit (?:\w+ )?(?:tagen|wochen) auf"
)
_SPANISH = (
    r"(?:mi|mis|el|la|los|las) (?:\w+ ){1,3}que (?:me )?(?:compre|recibi|pedi|pague|enviaron|enviasteis|mandaron|llego|vendieron)|"
    r"(?:mi|mis) (?:\w+ ){1,3}(?:llego|llegaron|vino|vinieron|se ha|se han|esta|estan|huele\w*) (?:\w+ )?"
    r"(?:rot|mal|manchad|roto|rota|tarde|abiert|descosid|encogid|defectuos)\w*|donde (?:esta|estan) (?:mi|mis)|"
    r"llevo (?:\w+ ){1,3}esperando|(?:factura|paquete|repartidor)|me (?:aprietan?|quedan? (?:grande|pequen)\w*)|no ha llegado"
)
_OWNED = re.compile(rf"(?<!\w)(?:{_ENGLISH}|{_FRENCH}|{_GERMAN}|{_SPANISH})(?!\w)")


def speaks_of_ones_own(words: str) -> bool:
    """Whether a text, words in small letters without accents, is about a thing that is somebody's, with what went wrong with it."""
    return _OWNED.search(words) is not None


_ASKS = re.compile(
    r"(?<!\w)(?:do you (?:have|sell|carry|stock)|have you got|show me|(?:i m|am|are|we re)? ?looking for|suggest|recommend|"
    r"which (?:\w+ )?(?:do|does|would|fits?|ones)|what \w+ do you|need (?:a|an|some|new)(?! (?:refund|invoice|receipt|replacement|"
    r"return))|"
    r"(?:in stock|still available|available)|would be nice|birthday|can i (?:order|buy|get) (?:the|a|an|some)|"
    r"je cherche|nous cherchons|avez vous|vous avez (?:un|une|des|d)|auriez vous|montrez moi|lesquels|lesquelles|conseillez|proposez|"
    r"quel(?:le)?s? \w+ (?:ne|me|pour|va|vont|avez)|disponible|en stock|anniversaire|je voudrais (?:commander|un|une|des)|"
    r"ich suche|haben sie|habt ihr|ich mochte (?:ein|eine|einen)|empfehlen|busco|quiero (?:un|una)|tienen|teneis|necesit\w+ un)(?!\w)"
)


def asks_for_something(words: str) -> bool:
    """Whether it asks for a thing to buy, whatever else it tells."""
    return _ASKS.search(words) is not None
