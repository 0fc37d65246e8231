"""Ratings as MovieLens has them: everybody's profile as long, every item as popular as planned, tastes in clusters.

Each user has a clock for each item, which rings after an exponential time: soon if the item is popular and of the
user's taste. The items whose clocks ring first are her profile. So a long profile reaches down into the tail, as it
does in reality, and no user has an item twice. One clock of each item rings at once, so that nothing stays unrated.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .shapes import Ratings, uneven

TASTES = 60  #: kinds of people
DIMENSIONS = 6  #: in which tastes differ
SPECIAL = (0.5, 1.0)  #: how much taste decides about the best-known item, and about the least known
LENGTHS = 12  #: classes of profile length, for the reckoning of popularity
BLOCK_CLOCKS = 16_000_000  #: clocks at a time; four bytes each
FIRST_AT, LAST_AT = 789_652_000, 1_427_784_000  #: January 1995 and March 2015, seconds since 1970


def ratings(shape: Ratings, seed: int) -> Iterator[pd.DataFrame]:
    """Yield user, item, rating, timestamp, a block of users at a time, in the order of users and items."""
    rng = np.random.default_rng(seed)
    lengths = rng.permutation(
        uneven(
            shape.users,
            shape.ratings,
            shape.shortest_profile,
            shape.median_profile,
            shape.longest_profile,
            1.7,
        )
    )
    popularity = rng.permutation(
        uneven(shape.items, shape.ratings, 1, shape.middle_item, shape.top_item, 2.3)
    )
    tastes = rng.choice(TASTES, shape.users, p=rng.dirichlet(np.full(TASTES, 3.0)))
    liking = _liking(rng, popularity)
    finders = rng.choice(shape.users, shape.items, p=lengths / shape.ratings)  # who has an item for sure
    others = np.maximum(popularity - 1, 0.01)
    pull = pulls(liking, others, lengths * others.sum() / shape.ratings, tastes)
    item_ids = np.sort(rng.choice(5 * shape.items, shape.items, replace=False)) + 1
    quality = rng.normal(3.4, 0.45, shape.items) + 0.08 * np.log(popularity / popularity.mean())
    size = max(1, BLOCK_CLOCKS // shape.items)
    for first in range(0, shape.users, size):
        block = np.arange(first, min(first + size, shape.users))
        found = np.flatnonzero((finders >= first) & (finders < first + size))
        profiles = _profiles(rng, pull[tastes[block]], lengths[block], (finders[found] - first, found))
        users, items = np.repeat(block, lengths[block]), np.concatenate(profiles)
        grades = quality[items] + 0.45 * np.log(liking[tastes[users], items])
        grades += np.repeat(rng.normal(0, 0.4, len(block)), lengths[block]) + rng.normal(0, 0.8, len(items))
        grades = np.clip(np.round(grades / shape.step) * shape.step, shape.first_grade, 5)
        yield pd.DataFrame(
            {
                "user": users + 1,
                "item": item_ids[items],
                "rating": grades,
                "timestamp": np.repeat(rng.integers(FIRST_AT, LAST_AT, len(block)), lengths[block])
                + _sittings(rng, lengths[block]),
            }
        )


def _liking(rng: np.random.Generator, popularity: np.ndarray) -> np.ndarray:
    """Return tastes x items: how many times likelier than others the people of a taste take an item."""
    fame = popularity.argsort().argsort() / len(popularity)  # 0: the least known, near 1: the best known
    places = rng.normal(size=(len(popularity), DIMENSIONS))
    places *= (SPECIAL[1] + (SPECIAL[0] - SPECIAL[1]) * fame)[:, None]
    return np.exp(rng.normal(size=(TASTES, DIMENSIONS)) @ places.T).astype(np.float32)


def pulls(liking: np.ndarray, popularity: np.ndarray, lengths: np.ndarray, tastes: np.ndarray) -> np.ndarray:
    """Return tastes x items: the rates of the clocks with which every item is about as popular as planned.

    The chance that a clock of rate r rings before time t is 1 - exp(-r t). For each class of users of like taste and
    profile length t follows from the length, and the items' rates from their popularity; both are found in turns.
    """
    bins = np.searchsorted(
        np.quantile(lengths, 1 - np.geomspace(1, 0.0005, LENGTHS)[1:]), lengths, side="right"
    )
    number = tastes * LENGTHS + bins
    people = np.bincount(number, minlength=TASTES * LENGTHS)
    mean_length = np.bincount(number, lengths, len(people)) / np.maximum(people, 1)
    rates, times = popularity / popularity.sum(), mean_length.copy()
    for _ in range(40):
        expected = np.zeros(len(popularity))
        for taste in range(TASTES):
            mine = slice(taste * LENGTHS, (taste + 1) * LENGTHS)
            clock = (rates * liking[taste]).astype(np.float32)
            silent = np.exp(-times[mine, None].astype(np.float32) * clock)
            step = (mean_length[mine] - (1 - silent).sum(axis=1)) / np.maximum(
                (silent * clock).sum(axis=1), 1e-9
            )
            expected += people[mine] @ (1 - silent)
            times[mine] = np.clip(times[mine] + step, times[mine] / 3, times[mine] * 3)
        rates *= popularity / np.maximum(expected, 1e-9)
        rates /= rates.sum()
    return (rates * liking).astype(np.float32)


def _profiles(
    rng: np.random.Generator, pull: np.ndarray, lengths: np.ndarray, sure: tuple
) -> list[np.ndarray]:
    """Return for each user (a row of rates) the items whose clocks ring first, in rising order; ``sure`` ring at once."""
    rings = rng.standard_exponential(pull.shape, dtype=np.float32)
    rings /= pull
    rings[sure] = 0
    return [
        np.sort(np.argpartition(row, length - 1)[:length]) for row, length in zip(rings, lengths, strict=True)
    ]


def _sittings(rng: np.random.Generator, lengths: np.ndarray) -> np.ndarray:
    """Return for every rating the seconds since the user's first: a minute or so each, in no order of the items."""
    waits = rng.integers(5, 90, lengths.sum())
    passed = np.cumsum(waits) - np.repeat(
        np.cumsum(np.add.reduceat(waits, np.cumsum(lengths) - lengths)), lengths
    )
    passed += np.repeat(np.add.reduceat(waits, np.cumsum(lengths) - lengths), lengths)
    order = np.lexsort((rng.random(len(passed)), np.repeat(np.arange(len(lengths)), lengths)))
    return passed[order]
