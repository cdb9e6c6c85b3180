"""An encoder that remembers: many flows that differ in a phrase are read with it one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.answers.entries import Encoder, Numbers


class Remembering:
    """As the encoder that it is made from; what it was asked once it knows. For one command, which ends soon."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._known: dict[str, Numbers] = {}

    def encode(self, texts: Sequence[str]) -> Numbers:
        """As the encoder's own; the rows are the caller's to change."""
        new = list(dict.fromkeys(each for each in texts if each not in self._known))
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[each] for each in texts]) if texts else self._encoder.encode([])

    def know(self, texts: Sequence[str], vectors: Numbers) -> None:
        """What these texts mean is known already."""
        self._known.update(zip(texts, vectors, strict=True))

    def is_known(self, word: str) -> bool:
        return self._encoder.is_known(word)

    def familiarity(self, word: str) -> float:
        return self._encoder.familiarity(word)
