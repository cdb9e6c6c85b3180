"""Which words of a message are not wanted: "not wool", "sans laine", "keine Wolle", "I don't want a dress". Knows no product."""

from __future__ import annotations

from dataclasses import dataclass, field


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


NOT = _words(
    "not no without except never nor non pas sauf sans ni nicht ohne kein keine keinen keiner keines keinem sin senza zonder niet sem "
    "nothing dont doesnt allergic hate hates allergique deteste detestons allergisch hasse alergico alergica odio excepto salvo ausser"
)
"""What stands behind one of these is not wanted."""

OR = _words("or nor ou ni oder noch o")
"""Behind one of these the next word is not wanted either."""

_SHORT = _words("don doesn didn isn aren wasn can couldn won wouldn")
"""With a "t" behind them they are a no."""

_FINDING = _words("have has had got find see sell trouver avoir")
_HAVING = _FINDING | _words(
    "avez ai avons a as trouve trouvez vois vendez vends haben habe habt finde sehe tienen tiene tengo encuentro hay gibt"
)
_KNOWING = _words("know understand mind care think worry sais comprends connais weiss verstehe se entiendo")
"""Who has or finds none asks for it, and who does not know refuses nothing."""

_ASKED = _words("you they there it vous ils elles sie ihr usted ustedes")
_HARMLESS = _words(
    "only just sure problem problems thanks thank worries matter merci later one yet seulement encore nur que mal so doubt hurry"
)
_WHY = _words("why pourquoi warum porque if")

BETWEEN = _words(
    "a an the any some of made in from for to too very so that this these those anything something like want wants need wear wearing "
    "prefer with is are was be it i more de d du des la le les l un une en au aux trop tres veux aime porte pour a ce cette ces que "
    "der die das den dem ein eine einen zu sehr aus mit fur el los las una uno muy demasiado con para quiero"
)
"""What may stand between the no and the word that it is about."""

END = ","
"""Stands for every sign that ends a part of a sentence."""


@dataclass(slots=True)
class Negation:
    """Reads word by word; `without` are the words that are not wanted, as they are written."""

    without: list[str] = field(default_factory=list)
    _waits: bool = False
    _may_go_on: bool = False
    _before: tuple[str, str] = ("", "")

    def takes(self, word: str, after: str) -> bool:
        """Whether this word is a no, belongs to one, or is not wanted; `is_unwanted` tells the last."""
        before, self._before = self._before, (self._before[1], word)
        if word == END:
            self._waits = self._may_go_on = False
            return True
        if self._is_no(word, before, after):
            self._waits, self._may_go_on = True, False
            return True
        if self._may_go_on:
            self._may_go_on, self._waits = False, word in OR
            return self._waits
        return self._waits and word in BETWEEN

    def is_unwanted(self) -> bool:
        """Whether the word that no other rule took is not wanted; one no has one word, and those behind "or"."""
        found, self._waits = self._waits, False
        self._may_go_on = found
        return found

    @staticmethod
    def _is_no(word: str, before: tuple[str, str], after: str) -> bool:
        earlier, last = before
        if word == "t" and last in _SHORT:
            refuses = last not in ("can", "couldn", "won") or after in ("wear", "stand", "bear")
            return refuses and after not in _ASKED | _FINDING | _KNOWING
        if word not in NOT or last in _WHY or after in _HARMLESS | _KNOWING | _FINDING:
            return False
        return last not in _HAVING | _KNOWING and not (last in _ASKED and earlier in _HAVING)
