"""The page on which a person reads what became of a wish to be forgotten. Holds no name, no id, no script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse

_STYLE = (
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1.5rem;color:#1d2733;background:#fff}"
    "h1{font-size:1.5rem;line-height:1.3}code{background:#eef1f4;padding:.1em .4em;border-radius:.3em}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ec;background:#14191f}code{background:#28313b}}"
)
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept-Language",
}
"""Nothing is loaded, framed, kept or listed."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Deletion of your data",
        "received": "We have received your request and deleted your chat with us. One last message is still on its way; its text is "
        "deleted as soon as that is over.",
        "done": "Done. Your chat with us has been deleted: what you wrote, what you sent and what we noted about you.",
        "nothing": "We keep nothing under the id that we were given. Chats have ids of their own, so that we cannot tell which one "
        "may be yours. To have a chat deleted, write “delete my data” in it.",
        "unknown": "There is no request with this code. Please check the address.",
        "code": "Your code",
    },
    "fr": {
        "title": "Suppression de vos données",
        "received": "Nous avons reçu votre demande et supprimé votre conversation. Un dernier message est encore en route ; son texte "
        "sera supprimé dès que ce sera fini.",
        "done": "C’est fait. Votre conversation avec nous a été supprimée : ce que vous avez écrit et envoyé, et ce que nous avions "
        "noté sur vous.",
        "nothing": "Nous ne conservons rien sous l’identifiant reçu. Les conversations ont leurs propres identifiants : nous ne "
        "pouvons pas savoir laquelle est la vôtre. Pour faire supprimer une conversation, écrivez-y « supprimer mes données ».",
        "unknown": "Aucune demande ne porte ce code. Vérifiez l’adresse, s’il vous plaît.",
        "code": "Votre code",
    },
    "de": {
        "title": "Löschung Ihrer Daten",
        "received": "Wir haben Ihren Wunsch erhalten und Ihren Chat mit uns gelöscht. Eine letzte Nachricht ist noch unterwegs; ihr "
        "Text wird gelöscht, sobald das vorbei ist.",
        "done": "Erledigt. Ihr Chat mit uns ist gelöscht: was Sie geschrieben und geschickt haben und was wir über Sie notiert hatten.",
        "nothing": "Unter der Kennung, die wir bekommen haben, bewahren wir nichts auf. Chats haben eigene Kennungen; welcher Ihrer "
        "sein könnte, wissen wir deshalb nicht. Um einen Chat löschen zu lassen, schreiben Sie darin „meine Daten löschen“.",
        "unknown": "Zu diesem Code gibt es keinen Wunsch. Bitte prüfen Sie die Adresse.",
        "code": "Ihr Code",
    },
    "es": {
        "title": "Eliminación de sus datos",
        "received": "Hemos recibido su petición y borrado su conversación. Un último mensaje está todavía en camino; su texto se "
        "borrará en cuanto termine.",
        "done": "Hecho. Su conversación con nosotros se ha borrado: lo que escribió y envió, y lo que habíamos anotado sobre usted.",
        "nothing": "No guardamos nada con el identificador recibido. Las conversaciones tienen identificadores propios y no podemos "
        "saber cuál es la suya. Para borrar una conversación, escriba en ella «borrar mis datos».",
        "unknown": "No hay ninguna petición con este código. Compruebe la dirección, por favor.",
        "code": "Su código",
    },
}


def render_status(state: str | None, code: str, languages: str) -> HTMLResponse:
    """The page for a state (None: no such code), in the first language of an Accept-Language header that it speaks."""
    language = _choose(languages)
    words = _WORDS[language]
    shown = f"<p>{words['code']}: <code>{escape(code)}</code></p>" if state else ""
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{words['title']}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{words['title']}</h1><p>{words[state or 'unknown']}</p>{shown}</body></html>"
    )
    return HTMLResponse(page, 200 if state else 404, {**HEADERS, "Content-Language": language})


def _choose(languages: str) -> str:
    wanted = (each.split(";")[0].strip().lower()[:2] for each in languages[:200].split(","))
    return next((each for each in wanted if each in _WORDS), "en")
