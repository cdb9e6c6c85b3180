"""Tables for spreadsheet programs (CSV, RFC 4180) in which nothing that somebody wrote is taken for a formula (S23)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

MEDIA_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"
"""At the very beginning: Excel takes the file for UTF-8 by it."""
FORMULAS = tuple("=+-@\t\r\n\0")
"""https://owasp.org/www-community/attacks/CSV_Injection; their wide forms are taken for formulas too."""
_WITHIN = re.compile(r"([;\t\r\n][\s\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def write_rows(rows: Iterable[Sequence[str]]) -> str:
    """Lines of CSV."""
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell with a `'` before it where a spreadsheet would compute it, and within it where one that takes `;` or a tab for the end
    of a cell (Excel does in half of Europe) would begin another one."""
    begins = len(cell) - len(cell.lstrip())
    cell = cell[:begins] + _WITHIN.sub(r"\1'", cell[begins:])
    trimmed = unicodedata.normalize("NFKC", cell[:200].lstrip())
    return f"'{cell}" if cell.startswith(FORMULAS) or trimmed.startswith(FORMULAS) else cell
