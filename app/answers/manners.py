"""What people say around a question without asking anything: greetings, courtesies and thanks, and words written short. By language."""

from __future__ import annotations

import re

_GREETINGS = (
    # English
    r"hi(?: there)?(?: team| all| everyone| guys)?|hello(?: there)?(?: team| all| everyone)?|"
    r"hey(?: there)?(?: team| guys)?|hiya|"
    r"good (?:morning|afternoon|evening|day)|greetings|dear (?:sirs?|madam|sir or madam|team)|"
    # French
    r"bonjour(?: madame| monsieur| à tous| a tous| à vous| l'équipe)*(?:,? monsieur| madame)?|"
    r"bonsoir(?: madame| monsieur)*|"
    r"salut|slt|bjr|bsr|coucou|cc|madame,? monsieur|"
    # German
    r"hallo(?: zusammen| liebes team| team)?|guten (?:tag|morgen|abend)|moin(?: moin)?|servus|grüß gott|"
    r"sehr geehrte damen und herren|liebes team|"
    # Spanish
    r"hola(?: a todos)?|buenos días|buenos dias|buenas(?: tardes| noches)?|buen día|buen dia|qué tal|"
    r"estimados(?: señores)?|"
    # Italian, Portuguese, Dutch
    r"ciao|buongiorno|buonasera|salve|olá|ola|oi|bom dia|boa tarde|boa noite|goedemorgen|goedemiddag|goedenavond|"
    r"goedendag|hoi"
)
_COURTESIES = (
    # English
    r"i hope (?:you are|you're|this finds you|all is)(?: doing)? (?:well|fine|good|ok|okay)(?: today)?|"
    r"hope (?:you are|you're|all is) (?:doing )?well|"
    r"(?:so )?sorry (?:to|for) (?:bother|disturb|trouble|bothering|disturbing|troubling)(?:ing)? you(?: again)?(?: but)?|"
    r"excuse me(?: please)?(?: but)?|"
    r"(?:i(?: just)? have |i've got |just )?(?:a|one|another) "
    r"(?:quick|small|little|short|simple)? ?question(?: for you)?(?: please| pls)?|"
    r"quick question|"
    r"i(?:'m| am) (?:writing|contacting|messaging|reaching out)(?: to you)?(?: today)?(?: because| as| since| about| regarding)?|"
    r"please|pls|plz|kindly|i was wondering(?: if)?|i(?:'d| would) like to (?:ask|know)(?: if| whether)?|"
    r"(?:can|could) (?:you|u)(?: please| pls)? (?:tell me|help me)(?: please| pls)?(?=\s*[,:.])|"
    # French
    r"j'esp[èe]re que (?:vous allez|tu vas|tout va)(?: tr[èe]s)? bien(?: (?:pour|chez) vous)?|"
    r"excuse[zs]?[- ]?(?:moi|nous)?(?: de (?:vous|te) d[ée]ranger)?|d[ée]sol[ée]e? de (?:vous|te) d[ée]ranger|"
    r"pardon(?: de vous d[ée]ranger)?|"
    r"(?:j'ai|j'aurais|juste) une (?:petite |simple )?question(?: [àa] vous poser)?|une (?:petite )?question|"
    r"petite question|"
    r"je (?:me permets de )?vous (?:[ée]cris|[ée]crire|contacte|contacter)(?: aujourd'hui)?"
    r"(?: car| parce que| pour savoir| [àa] propos de)?|"
    r"s'il (?:vous|te) pla[iî]t|sil (?:vous|te) pla[iî]t|svp|stp|"
    # German
    r"ich hoffe,? (?:es geht (?:ihnen|euch|dir) gut|ihnen geht es gut|alles ist gut)|"
    r"(?:entschuldigen sie|entschuldigung|entschuldige)(?: bitte)?(?: die störung)?|"
    r"sorry für die störung|"
    r"(?:ich habe|ich hätte|habe|hätte)(?: nur| da)? (?:mal )?(?:eine|ne) (?:kurze |kleine )?frage|kurze frage|"
    r"bitte|"
    r"ich (?:schreibe|kontaktiere)(?: ihnen| euch| sie)?,? (?:weil|da)|"
    # Spanish
    r"espero que (?:est[ée]n?|est[ée]s|todo vaya|se encuentren?)(?: muy)? bien|"
    r"(?:disculpen?|perd[oó]n|perdonen?)(?: (?:la molestia|que (?:le|les|te) moleste))?|"
    r"(?:tengo|quer[ií]a hacer(?:le|les|te)?|tendr[ií]a) una (?:pequeña |breve )?(?:pregunta|consulta|duda)|"
    r"una (?:pregunta|consulta|duda)|"
    r"les? escribo (?:porque|para saber|ya que)|por favor|porfa(?:vor)?|"
    # Italian, Portuguese, Dutch
    r"spero che (?:stiate|stia|lei stia) bene|scusi(?: il disturbo)?|scusate(?: il disturbo)?|"
    r"(?:ho|avrei) una (?:piccola )?domanda|per favore|per piacere|"
    r"espero que estej(?:a|am) bem|desculpe(?: incomodar)?|(?:tenho|queria fazer) uma (?:pergunta|d[úu]vida)|"
    r"se faz favor|"
    r"sorry dat ik stoor|ik heb een (?:korte )?vraag(?:je)?|alstublieft|alsjeblieft"
)
_THANKS = (
    r"(?:many |a lot of )?thanks(?: a lot| so much| again| a million)?|"
    r"thank (?:you|u)(?: so much| very much| again| a lot)?|thx|tks|ty|cheers|"
    r"(?:in advance|for (?:your|the) (?:kind )?(?:help|time|support|assistance|answer|reply))|"
    r"have a (?:nice|good|great|lovely) (?:day|evening|one|weekend)|"
    r"(?:best|kind|warm)? ?regards|best wishes|"
    r"merci(?: beaucoup| bien| bcp| infiniment| à vous| a vous)?|mrc|d'avance|par avance|"
    r"pour (?:votre|ton) (?:aide|temps|r[ée]ponse|retour)|"
    r"bonne (?:journ[ée]e|soir[ée]e|fin de journ[ée]e)|[àa] bient[ôo]t|cordialement|bien [àa] vous|"
    r"(?:vielen |herzlichen |besten )?dank(?: im voraus| schon mal)?|danke(?: schön| sehr| im voraus| schonmal)?|"
    r"im voraus|für (?:ihre|eure|deine) hilfe|"
    r"(?:schönen|guten) (?:tag|abend)(?: noch)?|"
    r"(?:mit freundlichen|viele|liebe|beste|freundliche) gr(?:ü|ue)(?:ß|ss)en?|mfg|"
    r"(?:muchas |mil )?gracias(?: de antemano| por (?:su|tu) ayuda)?|de antemano|"
    r"por (?:su|tu) (?:ayuda|tiempo|respuesta)|"
    r"(?:que teng[ae]n? (?:un )?)?(?:buen|lindo) d[ií]a|(?:un )?(?:cordial )?saludos?|"
    r"(?:mille |molte )?grazie(?: mille| in anticipo)?|in anticipo|buona giornata|"
    r"(?:muito )?obrigad[oa](?: desde j[áa])?|"
    r"(?:heel erg )?bedankt|dank (?:je|u)(?: wel)?|alvast|met vriendelijke groet(?:en)?"
)
_GAP = r"[\s,.;:!?…\-–—]+"
BEFORE = re.compile(rf"^(?:{_GREETINGS}|{_COURTESIES})(?:{_GAP}|$)")
"""One greeting or courtesy at the beginning of a tidied text."""

AFTER = re.compile(rf"(?:^|{_GAP}|\s)(?:{_THANKS}|{_COURTESIES}|{_GREETINGS})$")
"""One word of thanks, courtesy or greeting at its end."""

SHORT_FORMS = {
    # English
    "u": "you", "ur": "your", "r": "are", "wanna": "want to", "gonna": "going to", "cant": "can't", "dont": "don't",
    "doesnt": "doesn't", "didnt": "didn't", "isnt": "isn't", "wont": "won't", "bc": "because", "msg": "message", "acct": "account",
    # French
    "koi": "quoi", "ki": "qui", "ke": "que", "pk": "pourquoi", "pkoi": "pourquoi", "tjrs": "toujours", "tjs": "toujours",
    "cmt": "comment", "vs": "vous", "jai": "j'ai", "bcp": "beaucoup", "qd": "quand", "qqn": "quelqu'un", "ds": "dans",
    # German
    "nich": "nicht", "iwie": "irgendwie", "vllt": "vielleicht", "habs": "habe es",
    # Spanish
    "xq": "porque", "tb": "también", "tmb": "también", "dnd": "donde", "cdo": "cuando",
}  # fmt: skip
"""Words as they are written in haste, and in full. Only such as mean nothing else in another language of this list."""
