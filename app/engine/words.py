"""The bot's own words, by language: sentences it says when the flow has none, phrases it always knows. Never an owner's text."""

from __future__ import annotations

from app.engine import shop_words
from app.engine.fold import fold

FALLBACK_LANGUAGE = "en"

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "which_day": "Which day do you mean?",
        "erase": "Shall I delete everything that I know about you? This cannot be undone.",
        "erase_all": "Delete everything",
        "erased": "Done. I have deleted what I knew about you.",
        "one_moment": "One moment please, I am still looking that up.",
        "sorry": "Something went wrong on our side. A colleague will look at it.",
        "offer_person": "I am sorry, I still do not understand. Would you like to talk to a person?",
        "no_person": "I am sorry, I still do not understand. Shall we start over?",
        "unknown_tap": "That button no longer works. Here is a way back.",
        "not_understood": "I am sorry, I did not understand that.",
        "not_an_answer": "I am sorry, I could not read that as an answer.",
        "did_you_mean": "Did you mean:",
        "no_answer": "I am sorry, I have no answer to that.",
        "helpful": "👍 Helpful",
        "not_helpful": "👎 Not helpful",
        "thanks": "Thank you for telling me.",
        "did_not_help": "I am sorry that this did not help.",
        "more_questions": "More questions",
        "other_questions": "Other questions",
        "which_topic": "What is it about?",
        "which_question": "Which question?",
        "unanswered": "Not answered: {questions}",
        "choose": "What would you like to do?",
        "no_more": "That was all I have for you.",
        "nothing_fits": "I am sorry, I have nothing that fits.",
        "products_found": "I found this in our shop:",
        "see_product": "See it",
        "all_right": "All right.",
        "stopped": 'Done. You will get no more follow-ups from us. Write "start" to get them again.',
        "started": "Welcome back. You will get follow-ups again.",
        "disclosure": "I am an automated assistant.",
        "slowly": "That was a lot at once. I read on in a minute; please write then what you need.",
        "removed": "I took out what looked like a card number, account, password or code. Please never send these here.",
        "person": "Talk to a person",
        "start_over": "Start over",
        "yes": "Yes",
        "no": "No",
        "today": "today at {time}",
        "tomorrow": "tomorrow at {time}",
        "on_day": "{day} at {time}",
    },
    "fr": {
        "which_day": "Quel jour voulez-vous dire ?",
        "erase": "Dois-je effacer tout ce que je sais de vous ? C'est définitif.",
        "erase_all": "Tout effacer",
        "erased": "C'est fait. J'ai effacé ce que je savais de vous.",
        "one_moment": "Un instant, je cherche encore.",
        "sorry": "Un problème est survenu de notre côté. Un collègue va s'en occuper.",
        "offer_person": "Désolé, je ne comprends toujours pas. Voulez-vous parler à une personne ?",
        "no_person": "Désolé, je ne comprends toujours pas. On recommence ?",
        "unknown_tap": "Ce bouton ne fonctionne plus. Voici comment continuer.",
        "not_understood": "Désolé, je n'ai pas compris.",
        "not_an_answer": "Désolé, je n'ai pas pu lire cette réponse.",
        "did_you_mean": "Vouliez-vous dire :",
        "no_answer": "Désolé, je n'ai pas de réponse à cela.",
        "helpful": "👍 Utile",
        "not_helpful": "👎 Pas utile",
        "thanks": "Merci de me l'avoir dit.",
        "did_not_help": "Je suis désolé que cela n'ait pas aidé.",
        "more_questions": "Autres questions",
        "other_questions": "Divers",
        "which_topic": "De quoi s'agit-il ?",
        "which_question": "Quelle question ?",
        "unanswered": "Sans réponse : {questions}",
        "choose": "Que voulez-vous faire ?",
        "no_more": "C'était tout ce que j'ai pour vous.",
        "nothing_fits": "Désolé, je n'ai rien qui convienne.",
        "products_found": "Voici ce que j'ai trouvé dans notre boutique :",
        "see_product": "Voir l'article",
        "all_right": "D'accord.",
        "stopped": "C'est fait. Vous ne recevrez plus de relances. Écrivez « start » pour en recevoir de nouveau.",
        "started": "Bon retour parmi nous. Vous recevrez de nouveau nos relances.",
        "disclosure": "Je suis un assistant automatique.",
        "slowly": "Cela fait beaucoup à la fois. Je reprends dans une minute ; écrivez alors ce qu'il vous faut.",
        "removed": "J'ai retiré ce qui ressemblait à un numéro de carte, un compte, un mot de passe ou un code. Ne l'envoyez pas ici.",
        "person": "Parler à quelqu'un",
        "start_over": "Recommencer",
        "yes": "Oui",
        "no": "Non",
        "today": "aujourd'hui à {time}",
        "tomorrow": "demain à {time}",
        "on_day": "{day} à {time}",
    },
    "de": {
        "which_day": "Welchen Tag meinen Sie?",
        "erase": "Soll ich alles löschen, was ich über Sie weiß? Das lässt sich nicht rückgängig machen.",
        "erase_all": "Alles löschen",
        "erased": "Erledigt. Ich habe gelöscht, was ich über Sie wusste.",
        "one_moment": "Einen Moment bitte, ich sehe noch nach.",
        "sorry": "Bei uns ist etwas schiefgegangen. Eine Kollegin oder ein Kollege sieht es sich an.",
        "offer_person": "Entschuldigung, ich verstehe das leider immer noch nicht. Möchten Sie einen Menschen sprechen?",
        "no_person": "Entschuldigung, ich verstehe das leider immer noch nicht. Fangen wir neu an?",
        "unknown_tap": "Dieser Knopf geht nicht mehr. So kommen Sie weiter.",
        "not_understood": "Entschuldigung, das habe ich nicht verstanden.",
        "not_an_answer": "Entschuldigung, diese Antwort konnte ich nicht lesen.",
        "did_you_mean": "Meinten Sie:",
        "no_answer": "Entschuldigung, darauf habe ich keine Antwort.",
        "helpful": "👍 Hilfreich",
        "not_helpful": "👎 Nicht hilfreich",
        "thanks": "Danke für die Rückmeldung.",
        "did_not_help": "Schade, dass das nicht geholfen hat.",
        "more_questions": "Weitere Fragen",
        "other_questions": "Sonstiges",
        "which_topic": "Worum geht es?",
        "which_question": "Welche Frage?",
        "unanswered": "Nicht beantwortet: {questions}",
        "choose": "Was möchten Sie tun?",
        "no_more": "Das war alles, was ich für Sie habe.",
        "nothing_fits": "Leider habe ich nichts Passendes.",
        "products_found": "Das habe ich in unserem Laden gefunden:",
        "see_product": "Ansehen",
        "all_right": "In Ordnung.",
        "stopped": 'Erledigt. Sie bekommen keine Erinnerungen mehr von uns. Mit "start" kommen sie wieder.',
        "started": "Willkommen zurück. Sie bekommen wieder Erinnerungen von uns.",
        "disclosure": "Ich bin ein automatischer Assistent.",
        "slowly": "Das war viel auf einmal. Ich lese in einer Minute weiter; schreiben Sie dann, was Sie brauchen.",
        "removed": "Was nach Kartennummer, Konto, Passwort oder Code aussah, habe ich entfernt. Bitte nie hierher schicken.",
        "person": "Mit Mensch sprechen",
        "start_over": "Neu anfangen",
        "yes": "Ja",
        "no": "Nein",
        "today": "heute um {time}",
        "tomorrow": "morgen um {time}",
        "on_day": "{day} um {time}",
    },
    "es": {
        "which_day": "¿Qué día quiere decir?",
        "erase": "¿Quiere que borre todo lo que sé de usted? No se puede deshacer.",
        "erase_all": "Borrar todo",
        "erased": "Hecho. He borrado lo que sabía de usted.",
        "one_moment": "Un momento, todavía lo estoy buscando.",
        "sorry": "Algo ha fallado por nuestra parte. Un compañero lo revisará.",
        "offer_person": "Lo siento, sigo sin entender. ¿Quiere hablar con una persona?",
        "no_person": "Lo siento, sigo sin entender. ¿Empezamos de nuevo?",
        "unknown_tap": "Este botón ya no funciona. Puede seguir por aquí.",
        "not_understood": "Lo siento, no lo he entendido.",
        "not_an_answer": "Lo siento, no he podido leer esa respuesta.",
        "did_you_mean": "Quizás quiso decir:",
        "no_answer": "Lo siento, no tengo respuesta a eso.",
        "helpful": "👍 Útil",
        "not_helpful": "👎 No es útil",
        "thanks": "Gracias por decírmelo.",
        "did_not_help": "Siento que esto no haya ayudado.",
        "more_questions": "Más preguntas",
        "other_questions": "Otras preguntas",
        "which_topic": "¿De qué se trata?",
        "which_question": "¿Qué pregunta?",
        "unanswered": "Sin respuesta: {questions}",
        "choose": "¿Qué quiere hacer?",
        "no_more": "Eso es todo lo que tengo para usted.",
        "nothing_fits": "Lo siento, no tengo nada que encaje.",
        "products_found": "Esto he encontrado en nuestra tienda:",
        "see_product": "Ver",
        "all_right": "De acuerdo.",
        "stopped": "Hecho. No recibirá más recordatorios nuestros. Escriba «start» para recibirlos otra vez.",
        "started": "Bienvenido de nuevo. Volverá a recibir nuestros recordatorios.",
        "disclosure": "Soy un asistente automático.",
        "slowly": "Ha sido mucho de una vez. Sigo leyendo en un minuto; escriba entonces lo que necesita.",
        "removed": "He quitado lo que parecía un número de tarjeta, una cuenta, una contraseña o un código. No lo envíe nunca aquí.",
        "person": "Hablar con persona",
        "start_over": "Empezar de nuevo",
        "yes": "Sí",
        "no": "No",
        "today": "hoy a las {time}",
        "tomorrow": "mañana a las {time}",
        "on_day": "{day} a las {time}",
    },
}
for _language, _words in shop_words.SENTENCES.items():
    SENTENCES[_language].update(_words)

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}

MONTHS: dict[str, tuple[str, ...]] = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "de": (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    "es": (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
}


def _folded(phrases: str) -> frozenset[str]:
    """The phrases between the strokes, as `fold` gives what customers write."""
    return frozenset(fold(each) for each in phrases.split("|"))


STOP = _folded(
    "stop|unsubscribe|stop all|stop messages|opt out|stop it|arrêt|arrêter|arrêtez|désabonner|me désabonner|"
    "désinscription|se désinscrire|stop messages svp|stopp|abmelden|abbestellen|aufhören|parar|baja|"
    "darse de baja|cancelar suscripción"
)
"""Whole messages that end follow-ups, in any of our languages, whatever the bot's are."""

START = _folded(
    "start|subscribe|resubscribe|unstop|opt in|reprendre|se réabonner|réabonner|s'abonner|anmelden|"
    "wieder anmelden|starten|suscribir|alta|darse de alta|reanudar"
)
"""Whole messages that allow follow-ups again; only read so after a stop."""

ARE_YOU_A_BOT = _folded(
    "are you a bot|are you a robot|are you human|are you a human|are you real|are you a real person|"
    "are you a person|are you an ai|is this a bot|is this a robot|is this automated|am i talking to a bot|"
    "am i talking to a robot|am i talking to a human|am i talking to a person|are you a machine|es-tu un robot|"
    "êtes-vous un robot|tu es un robot|vous êtes un robot|es-tu un bot|êtes-vous un bot|t'es un robot|"
    "t'es un bot|c'est un robot|c'est un bot|êtes-vous humain|es-tu humain|je parle à un robot|bist du ein bot|"
    "bist du ein roboter|sind sie ein bot|sind sie ein roboter|bist du ein mensch|sind sie ein mensch|"
    "ist das ein bot|spreche ich mit einem bot|eres un bot|eres un robot|es un bot|es un robot|es usted un robot|"
    "eres humano|eres una persona|hablo con un robot"
)
"""Questions that the disclosure answers."""

PERSON = _folded(
    "human|agent|person|operator|real person|talk to a person|talk to a human|speak to a person|speak to a human|"
    "talk to someone|speak to someone|customer service|live agent|representative|humain|conseiller|une personne|"
    "un conseiller|parler à quelqu'un|parler à une personne|parler à un humain|parler à un conseiller|"
    "service client|mensch|mitarbeiter|einen menschen|mit mensch sprechen|mit einem menschen sprechen|"
    "kundenservice|persona|humano|agente|una persona|hablar con una persona|hablar con persona|"
    "hablar con alguien|atención al cliente"
)
"""Whole messages that ask for a person, for flows whose own phrases do not cover it."""

GREETINGS = _folded(
    "hi|hello|hey|hi there|hello there|good morning|good afternoon|good evening|start|get started|"
    "bonjour|bonsoir|salut|coucou|démarrer|commencer|hallo|guten tag|guten morgen|guten abend|moin|servus|"
    "hola|buenos días|buenas tardes|buenas noches|buenas|empezar"
)
"""Whole messages that begin a conversation: read last, they go to the flow's start instead of its `else`."""

START_OVER = _folded("start over|restart|recommencer|neu anfangen|empezar de nuevo")
"""The same, with an open question too."""

LANGUAGE_NAMES: dict[str, frozenset[str]] = {
    "en": _folded("english|in english|english please|anglais|en anglais|englisch|auf englisch|inglés|en inglés"),
    "fr": _folded("français|en français|french|in french|french please|französisch|auf französisch|francés|en francés"),
    "de": _folded("deutsch|auf deutsch|german|in german|german please|allemand|en allemand|alemán|en alemán"),
    "es": _folded("español|en español|spanish|in spanish|spanish please|espagnol|en espagnol|spanisch|auf spanisch"),
}
"""Whole messages that ask for a language, by language."""

LANGUAGE_WORDS = ("language", "langue", "sprache", "idioma", "lengua")
"""Parts of words by which a question is known to ask for a language."""

YES = _folded(
    "yes|y|yeah|yep|yup|sure|ok|okay|of course|certainly|right|true|oui|ouais|ouep|bien sûr|d'accord|ja|jawohl|"
    "jep|klar|gerne|natürlich|si|claro|por supuesto|vale|sim|da|tak|evet"
)
ERASE = _folded(
    "delete my data|erase my data|delete all my data|erase all my data|delete my information|delete everything about me|"
    "forget me|forget my data|remove my data|please delete my data|i want you to delete my data|supprimer mes données|"
    "supprimez mes données|supprime mes données|effacer mes données|effacez mes données|efface mes données|"
    "oubliez moi|oublie moi|meine daten löschen|lösche meine daten|löschen sie meine daten|bitte löschen sie meine daten|"
    "vergiss mich|daten löschen|borrar mis datos|borra mis datos|borre mis datos|eliminar mis datos|elimina mis datos|"
    "elimine mis datos|cancella i miei dati|elimina i miei dati|apagar os meus dados|verwijder mijn gegevens"
)
"""Whole messages that ask for everything to be deleted; asked about once more before it is done."""

NO = _folded("no|n|nope|nah|never|false|not really|non|nan|pas vraiment|nein|nee|ne|nicht wirklich|não|nie|hayır")
YES_SIGNS, NO_SIGNS = frozenset("👍👌✅✔🆗"), frozenset("👎❌🚫✖")

NEGATIONS = _folded("no|not|don't|dont|never|without|non|pas|sans|nicht|kein|keine|keinen|ohne|sin|nunca")
"""A message with one of these is not read as a near miss of a title: "not a gift" is no "A gift"."""


def sentence(language: str, name: str) -> str:
    """One of our sentences in `language` (`pt-BR` is looked up as `pt` too), else in English."""
    words = SENTENCES.get(language) or SENTENCES.get(language[:2]) or SENTENCES[FALLBACK_LANGUAGE]
    return words[name]


def names_of(table: dict[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    """The weekdays or months of `language`, else the English ones."""
    return table.get(language) or table.get(language[:2]) or table[FALLBACK_LANGUAGE]


_BOT_QUESTION_ENDS = frozenset(each.split()[-1] for each in ARE_YOU_A_BOT)
_BOT_QUESTION_WORDS = (
    min(len(each.split()) for each in ARE_YOU_A_BOT),
    max(len(each.split()) for each in ARE_YOU_A_BOT),
)


def asks_for_bot(folded: str, words_max: int = 10) -> bool:
    """Whether a short message asks if it talks to a machine."""
    words = folded.split()
    if len(words) > words_max or _BOT_QUESTION_ENDS.isdisjoint(words):
        return False
    shortest, longest = _BOT_QUESTION_WORDS
    counts = range(shortest, longest + 1)
    return any(
        " ".join(words[first : first + count]) in ARE_YOU_A_BOT for first in range(len(words)) for count in counts
    )
