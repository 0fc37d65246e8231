"""The sizes that data can have: what is published of MovieLens, and a wide retail catalogue."""

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np


@dataclass(frozen=True)
class Ratings:
    """How many users, items and ratings, and how unevenly they are spread.

    The first nine numbers are those of the published data set of that size; ``middle_item`` is about right and
    held against nothing.
    """

    users: int
    items: int
    ratings: int
    shortest_profile: int
    median_profile: int
    longest_profile: int
    top_item: int
    step: float  #: between two grades
    first_grade: float
    middle_item: int  #: ratings of the median item


@dataclass(frozen=True)
class Purchases:
    """A shop with more items than most people ever see."""

    users: int
    items: int
    events: int
    repeat_share: float = 0.3  #: of the events, about: something that the user has bought before


RATINGS = {
    "100k": Ratings(943, 1_682, 100_000, 20, 65, 737, 583, 1, 1, 27),
    "1m": Ratings(6_040, 3_706, 1_000_209, 20, 96, 2_314, 3_428, 1, 1, 124),
    "20m": Ratings(138_493, 26_744, 20_000_263, 20, 68, 9_254, 67_310, 0.5, 0.5, 22),
}
PURCHASES = {
    "wide": Purchases(300_000, 200_000, 10_000_000),
    "wide-small": Purchases(3_000, 2_000, 100_000),
}
#: as small as a test wants it: MovieLens 100K with a fifth of the users and items
RATINGS["tiny"] = replace(
    RATINGS["100k"],
    users=190,
    items=340,
    ratings=8_000,
    shortest_profile=10,
    median_profile=32,
    longest_profile=150,
    top_item=118,
    middle_item=18,
)
SHAPES = RATINGS | PURCHASES


def uneven(count: int, total: int, least: int, middle: int, most: int, lower_slope: float) -> np.ndarray:
    """Return ``count`` whole numbers in rising order that add up to ``total``, from ``least`` over ``middle`` to ``most``.

    Above the median the logarithm is a parabola over the normal quantile, below it a line: that fits profiles and
    popularities of MovieLens at every size. What is steep at first and what bends follow from ``most`` and ``total``.

    Raises:
        ValueError: no such curve adds up to the total.
    """
    z = np.array([NormalDist().inv_cdf((place + 0.5) / count) for place in range(count)])
    span, top = np.log((most - least) / (middle - least)), z[-1]

    def curve(bend: float) -> np.ndarray:
        slope = span / top + bend * top
        return least + (middle - least) * np.exp(np.where(z < 0, lower_slope * z, slope * z - bend * z * z))

    flat, steep = -span / top**2, span / top**2  # beyond these the curve does not rise everywhere
    if not curve(flat).sum() <= total <= curve(steep).sum():
        raise ValueError(f"{count} numbers from {least} over {middle} to {most} cannot add up to {total}")
    for _ in range(60):
        bend = (flat + steep) / 2
        flat, steep = (bend, steep) if curve(bend).sum() < total else (flat, bend)
    return _whole(curve(bend), total, least)


def _whole(numbers: np.ndarray, total: int, least: int) -> np.ndarray:
    """Round so that the sum is right; the ends and the middle stay as they are."""
    found = np.maximum(np.round(numbers).astype(np.int64), least)
    missing = total - int(found.sum())
    places = len(found) * 3 // 4 - np.arange(abs(missing)) % max(len(found) // 5, 1)
    np.add.at(found, places, np.sign(missing))
    return np.sort(found)
