"""Purchases in a wide catalogue: most people never meet most items, and much is bought again and again."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .shapes import Purchases

DEPARTMENTS = 400
FAVOURITES = 6  #: departments that a user buys in, the first one most
FALL = 0.7  #: popularity in a department falls with the rank to this power
BLOCK_USERS = 20_000
FIRST_AT, DAYS = 1_672_531_200, 365  #: January 2023, seconds since 1970


def purchases(shape: Purchases, seed: int) -> Iterator[pd.DataFrame]:
    """Yield user, item, timestamp, a block of users at a time; every user and every item is in it."""
    rng = np.random.default_rng(seed)
    counts = _counts(rng, shape)
    department = rng.zipf(1.3, shape.items * 4)
    department = np.sort(department[department <= DEPARTMENTS][: shape.items] - 1)
    item_ids = rng.permutation(shape.items) + 1
    once = (
        rng.permutation(shape.users * -(-shape.items // shape.users))[: shape.items] % shape.users
    )  # who tries each item
    starts = np.searchsorted(department, np.arange(DEPARTMENTS + 1))
    for first in range(0, shape.users, BLOCK_USERS):
        block = np.arange(first, min(first + BLOCK_USERS, shape.users))
        users = np.repeat(block, counts[block])
        favourites = department[rng.integers(0, shape.items, (len(block), FAVOURITES))]
        which = np.minimum(rng.geometric(0.45, len(users)) - 1, FAVOURITES - 1)
        mine = favourites[users - first, which]
        width = starts[mine + 1] - starts[mine]
        items = starts[mine] + _ranks(rng, width)
        items = items[_again(rng, counts[block], shape.repeat_share)]
        tried = np.flatnonzero((once >= first) & (once < first + len(block)))
        people = np.concatenate([users, once[tried]])
        order = np.argsort(people, kind="stable")
        yield pd.DataFrame(
            {
                "user": people[order] + 1,
                "item": item_ids[np.concatenate([items, tried])[order]],
                "timestamp": FIRST_AT + rng.integers(0, DAYS * 86_400, len(people)),
            }
        )


def _counts(rng: np.random.Generator, shape: Purchases) -> np.ndarray:
    """Return how often each user buys: at least once, some a hundred times; with one try of each item the total is right."""
    drawn = rng.lognormal(0, 1.1, shape.users)
    total = shape.events - shape.items
    counts = np.maximum(np.floor(drawn * total / drawn.sum()).astype(np.int64), 1)
    missing = total - counts.sum()
    order = np.argsort(-counts)[: abs(missing)]
    counts[order] += np.sign(missing)
    return counts


def _ranks(rng: np.random.Generator, width: np.ndarray) -> np.ndarray:
    """Return a rank below each width, from 0, the low ones oftener."""
    power = 1 - FALL
    rank = (1 + rng.random(len(width)) * ((width + 1.0) ** power - 1)) ** (1 / power) - 1
    return np.minimum(rank.astype(np.int64), width - 1)


def _again(rng: np.random.Generator, counts: np.ndarray, share: float) -> np.ndarray:
    """Return for each event the place of the event whose item it takes over: its own, or an earlier one of the user."""
    own = np.arange(counts.sum())
    within = own - np.repeat(np.cumsum(counts) - counts, counts)
    source = np.where(
        rng.random(len(own)) < share,
        own - within + (rng.random(len(own)) * (within + 1)).astype(np.int64),
        own,
    )
    while (source[source] != source).any():
        source = source[source]
    return source
