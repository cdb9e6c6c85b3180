"""Knows a message about something bought already, an order, a return, damage, from one of somebody who shops. Words only."""

from __future__ import annotations

import re

from app.catalogue.owned import asks_for_something, speaks_of_ones_own

_ENGLISH = (
    r"refund\w*|money back|reimburse\w*|returns?(?! gifts?)|returned|returning|(?:send|sent|give|bring|take)(?: \w+){0,4} back|"
    r"(?<!gift )exchange[ds]?|swap (?:it|my|the|them|this)|(?:my|our|the) orders?(?: number)?|order (?:number|status)|"
    r"(?:i|we)(?: ve| have)?(?: just)? ordered|(?:my|the|our) (?:parcel|package|delivery)|track(?:ing)? (?:my|the|number)|"
    r"(?<!just )arrived|(?:not|never|haven t|just|already|yet|i|we|have) received|never (?:came|got)|"
    r"where (?:is|are|s) my|when will my|(?:does not|doesn t|do not|don t|did not|didn t) fit|(?:not|t) (?:arrive|come) yet|"
    r"(?:is|are|was|were|came|got|be|been|already|completely|totally) "
    r"(?:torn|ripped|broken|damaged|stained|defective|faulty|lost|missing)|"
    r"(?:is|are|s|re|was|were|be|came|come|so|too|still|days?|weeks?|running) late|(?:a|two|three|has|have|with) holes? in|"
    r"(?:has|have|had|got|is|s) (?:a|an)? ?(?:big |small |tiny |huge )?(?:holes?|stains?|tear|rip)|(?<!m )broke|"
    r"(?:fell|falls|falling|coming|came) apart|i(?: ve| have)? lost|lost my|(?:not|t|stopped) work(?:ing)?|"
    r"(?:can i|do i|should i|how to|to machine) wash|be washed|i washed|wash (?:it|them)|shrank|shrunk|"
    r"the wrong|(?:is|are|was|were|s|re) (?:much |far |way |a bit )?too (?:small|big|large|tight|loose|long|short)|"
    r"cancel(?:l?ed)?|cancellation|complain(?:ts?|ing)?|"
    r"(?:fell|came|come|fallen) off|(?:has|have|is|are|it) faded|faded after|(?:i|we)(?: was| were)? (?:paid|charged)|"
    r"(?:has|have|been|you|get) (?:been )?shipped|you sent|"
    r"(?:i|we)(?: ve| have)? bought"
    r"(?!.* (?:do you|you have|looking for|match|matching|similar|another) )"
)
_FRENCH = (
    r"rembours\w*|retourn(?:er?|ee?s?|ez)|renvo(?:yer|ye|yee|ie)|(?:un|mon|le|du|les|faire|politique de) retours?(?! a)|"
    r"echang(?:er|ee?s?|ez)(?! de cadeaux)|(?:ma|mes|la|une|cette|notre|de) commandes?|(?:ai|avons|a) commandee?s?|"
    r"(?:mon|le|notre) colis|(?:ma|la) livraison|(?:est|sont|etait|etaient|pas|jamais|quand) (?:pas |jamais |toujours )?arrivee?s?|"
    r"(?:ai|pas|jamais|deja) recue?s?|en retard|ou (?:est|sont) (?:ma|mon|mes)|ne me (?:va|vont) pas|"
    r"(?:ai|avons|est|sont|a) (?:deja |toute? )?perdue?s?|"
    r"(?:est|sont|etait|arrivee?s?|deja|toute?|s est|a) (?:toute? |deja )?"
    r"(?:dechire|abime|casse|troue|tache|endommage|defectueu[sx])(?:e?s?)|"
    r"(?:a|avec|ont) (?:un|des) trous?|(?:un|des) trous? (?:dans|a|au)|ne (?:marche|fonctionne|ferme)(?:nt)? (?:pas|plus)|"
    r"(?:on|je|peux|puis je|veux|voudrais|souhaite|comment|dois je) (?:la |le |les )?(?:rendre|laver)|"
    r"passe (?:en|a la) machine|"
    r"(?:a|ont) retreci|(?:est|sont|etait) (?:bien |beaucoup )?trop (?:petit|grand|serre|court|long|large)\w*|"
    r"annul(?:er|ee?|ation)|reclamation|me plaindre|mauvaise? (?:taille|article|couleur|produit)|"
    r"(?:avez|ai ete) (?:envoye|livre|debite)e?s?|ai paye|au lavage|a feutre|(?:est|sont) (?:tombe|decousu)e?s?|"
    r"ai achetee?s?(?!.* (?:avez vous|vous avez|cherche|assorti) )"
)
_GERMAN = (
    r"zuruck(?:geben|senden|schicken|bringen|gesendet)|ruckgabe|rucksendung|erstatt\w*|geld zuruck|umtausch\w*|kaputt|"
    r"(?:ist|sind|war) (?:beschadigt|zerrissen|defekt|verspatet)|(?:meine|die) bestellung|bestellt habe|habe \w+ ?\w* bestellt|"
    r"(?:habe|hab) (?:\w+ ){0,4}verloren|(?:nicht|noch nicht|ist|sind) angekommen|"
    r"reklam\w*|mein paket|stornier\w*|(?:ist|sind) zu (?:klein|gross)"
)
_SPANISH = (
    r"devolver\w*|devolucion\w*|reembols\w*|(?:mi|el) pedido|(?:quiero|puedo|quisiera) cambiar|"
    r"(?:esta|estan|llego|vino) (?:rot|dana)\w*|"
    r"he perdido|perdi|con retraso|no (?:ha|han) llegado|(?:ha|han) llegado|llego (?:tarde|mal)|"
    r"mi paquete|cancelar|reclamacion|mi dinero"
)
_TROUBLE = re.compile(rf"(?<!\w)(?:{_ENGLISH}|{_FRENCH}|{_GERMAN}|{_SPANISH})(?!\w)")
_SURE = re.compile(
    r"(?<!\w)(?:refund\w*|money (?:back|for)|reimburse\w*|exchange|the wrong|cancel(?:l?ed)?|complain\w*|(?:my|our) (?:order|"
    r"parcel|package)|"
    r"tracking|charged|rembours\w*|echang(?:er|ez)(?! de cadeaux)|(?:ma|mes) commandes?|(?:mon|le) colis|annul(?:er|ee?)|reclamation|"
    r"erstatt\w*|umtausch\w*|reklam\w*|stornier\w*|meine bestellung|mein paket|reembols\w*|devolver\w*|mi pedido|mi paquete)(?!\w)"
)
"""What is trouble even where something is asked for."""

_GAP = re.compile(r"[\W_]+")


def speaks_of_trouble(plain: str) -> bool:
    """Whether a text, in small letters without accents, is about a purchase that was made and not about one to come.

    Who lost his gloves and asks which ones there are wants gloves; who asks for his money wants no other ones.
    """
    words = _GAP.sub(" ", plain)
    if asks_for_something(words):
        return _SURE.search(words) is not None
    return _TROUBLE.search(words) is not None or speaks_of_ones_own(words)
