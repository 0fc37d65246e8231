"""How much work the self-join will be: counted before it runs, and refused with advice where it cannot fit."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb

from recsys.errors import RecsysError
from recsys.words import counted, large, percent, size

KERNEL = "similarity.nearest"
#: models that a refresh does not need and the estimate does
NEEDED = ("similarity.volume", "similarity.heaviest", "similarity.caps", "similarity.supposed")
#: what one pair, or one score, takes at most while its tile is worked on (keys, sums and the hash table's slack)
PAIR_BYTES = 100
CAPS = {"item": "similarity.newest_items_per_user", "user": "similarity.newest_users_per_item"}
REMEDIES = {"item": "is_excluded under [users.columns]", "user": "is_recommendable under [items.columns]"}


@dataclass(frozen=True)
class Cap:
    """What cutting every list to its newest ``value`` would leave out of the user-item pairs, and save of the pair rows."""

    parameter: str
    value: int
    capped_count: int
    left_out_count: int
    left_out_share: float
    saved_count: int
    saved_share: float

    def __str__(self) -> str:
        return (f"{self.parameter} = {self.value} (saves {percent(self.saved_share)} of the pair rows, "
                f"leaves out {percent(self.left_out_share)} of the user-item pairs)")


@dataclass(frozen=True)
class Heavy:
    """A user or item that causes much of the work: how many have it in common, and its part of the pair rows."""

    shared_id: str
    holder_count: int
    pair_row_share: float


@dataclass(frozen=True)
class Effort:
    """The work of one kernel: on the axis `item` or `user`, or of scoring, where a pair row is what one source adds."""

    kernel: str
    entity_count: int
    pair_row_count: int
    memory_bytes: int
    seconds: float = 0.0
    axis: str = ""
    is_small_enough: bool = True
    heaviest: list[Heavy] = field(default_factory=list)
    caps: list[Cap] = field(default_factory=list)

    @property
    def best_cap(self) -> Cap | None:
        """The cap that saves most for what it leaves out."""
        return max(self.caps, key=lambda cap: cap.saved_share - cap.left_out_share, default=None)

    @property
    def sharing(self) -> str:
        """What the compared have in common: a user on the axis of items."""
        return "user" if self.axis == "item" else "item"


def efforts(con: duckdb.DuckDBPyConnection) -> Iterator[Effort]:
    """Yield the work on each axis, without its time; what the kernel reads is built already."""
    (threads,), = con.sql("select current_setting('threads')").fetchall()
    for axis, entities, pair_rows, largest, is_within in con.sql(
        "select axis, entity_count, pair_row_count, largest_tile_count, is_small_enough from similarity.volume order by axis"
    ).fetchall():
        of_axis = f"where axis = '{axis}' order by"
        heaviest = con.sql(f"select shared_id, holder_count, caused_share from similarity.heaviest {of_axis} heavy_rank").fetchall()
        caps = con.sql("select cap, capped_count, left_out_count, left_out_share, saved_count, saved_share "
                       f"from similarity.caps {of_axis} cap").fetchall()
        yield Effort(f"similar {axis}s", entities, pair_rows, largest * PAIR_BYTES * threads, axis=axis, is_small_enough=is_within,
                     heaviest=[Heavy(*row) for row in heaviest], caps=[Cap(CAPS[axis], *row) for row in caps])


def memory_limit(con: duckdb.DuckDBPyConnection) -> float:
    """Return the engine's limit in bytes."""
    number, unit = con.sql("select current_setting('memory_limit')").fetchall()[0][0].split()
    return float(number) * 1024 ** ["bytes", "KiB", "MiB", "GiB", "TiB"].index(unit)


def misfit(effort: Effort, memory: float, limit: int) -> str | None:
    """Say why a kernel cannot fit and what to do, else None.

    Args:
        limit: similarity.max_pair_rows.
    """
    if not effort.is_small_enough:
        first, cap = effort.heaviest[0], effort.best_cap
        ways = [f"leave {effort.sharing} {first.shared_id} out with {REMEDIES[effort.axis]} (it alone makes {percent(first.pair_row_share)})"]
        ways += [f"cap with {cap}"] if cap else []
        other = "user" if effort.axis == "item" else "item"
        ways += [f'compare {other}s only: similarity.axes = ["{other}"]', "or raise the limit"]
        return (f"{large(effort.pair_row_count)} pair rows for {effort.kernel} are more than similarity.max_pair_rows "
                f"({large(limit)}): {'; '.join(ways)}. `recsys refresh --dry-run` says what each comes to")
    if effort.memory_bytes > memory:
        return (f"{effort.kernel} may take {size(effort.memory_bytes)} at once, memory is {size(memory)}: lower "
                "similarity.tile_pair_rows or similarity.strip_width, take fewer --threads, or raise --memory-limit")
    return None


def refuse_misfits(con: duckdb.DuckDBPyConnection, limit: int) -> list[str]:
    """Return what the self-join will be, in words, a line for each axis.

    Raises:
        RecsysError: it cannot fit; the message says what to do.
    """
    found = list(efforts(con))
    if wrong := [text for effort in found if (text := misfit(effort, memory_limit(con), limit))]:
        raise RecsysError("\n".join(wrong))
    return [f"{effort.kernel}: {large(effort.pair_row_count)} pair rows of {counted(effort.entity_count, effort.axis)}" for effort in found]
