"""Every text that an object leads to in memory: what a cache keeps of customers' words."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator
from typing import Any

_ELSEWHERE = (type, types.ModuleType, types.FrameType, types.CodeType, types.BuiltinFunctionType)
"""What leads to the whole program."""


def texts_in(root: Any) -> Iterator[str]:
    """Each once, in no order."""
    seen, left = set[int](), [root]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, _ELSEWHERE):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            yield one
        elif isinstance(one, types.FunctionType):
            left += [cell.cell_contents for cell in one.__closure__ or ()]
        else:
            left += gc.get_referents(one)
