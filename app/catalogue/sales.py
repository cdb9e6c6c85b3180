"""What the products of a shelf cost at a moment: sales begin and end while a shelf stays the same. Reads no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.catalogue.shelf import Column, Shelf
from app.wares import SALE_PERIOD, period_of

_PERIODS, _NOW = "periods", "now"
"""Where a shelf keeps them, among its masks: the bounds of each sale, and what it is at the moment."""


def at(shelf: Shelf, now: datetime | None) -> Shelf:
    """The shelf with the prices of that moment, and without the sale prices that do not hold then; as it is without a moment."""
    when, sale = shelf.columns.get(SALE_PERIOD), shelf.columns.get("sale_price")
    if now is None or when is None or sale is None:
        return shelf
    starts, ends = _bounds(shelf, when)
    moment = now.timestamp()
    running = (starts <= moment) & (moment < ends)
    kept = shelf.masks.get(_NOW)
    if kept is None or not np.array_equal(kept[0], running):
        kept = (running, _with_sales(shelf, sale, np.append(running, True)[when.codes]))
        shelf.masks[_NOW] = kept
    found: Shelf = kept[1]
    return found


def _bounds(shelf: Shelf, when: Column) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From when until when each period goes, in seconds; one that is none always holds."""
    kept = shelf.masks.get(_PERIODS)
    if kept is None:
        periods = [period_of(str(each)) or (None, None) for each in when.values]
        starts = np.array([each.timestamp() if each else -np.inf for each, _ in periods], np.float64)
        ends = np.array([each.timestamp() if each else np.inf for _, each in periods], np.float64)
        kept = shelf.masks[_PERIODS] = (starts, ends)
    found: tuple[NDArray[np.float64], NDArray[np.float64]] = kept
    return found


def _with_sales(shelf: Shelf, sale: Column, holds: NDArray[np.bool_]) -> Shelf:
    """The same products, on sale where it holds."""
    full = shelf.columns["price"].floats() if "price" in shelf.columns else shelf.prices
    codes = np.where(holds, sale.codes, -1).astype(np.int32)
    columns = {**shelf.columns, "sale_price": replace(sale, codes=codes)}
    return replace(shelf, columns=columns, prices=np.where(codes >= 0, shelf.prices, full), masks={})
