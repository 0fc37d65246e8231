"""What is measured: each work, who does it, and what ours may take at most."""

import importlib.util
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

NEIGHBOURS = 50
TOP_N = 10


@dataclass(frozen=True)
class Work:
    """One row group of the table.

    Args:
        peers: who else does it; the ratio that counts is the one to the first of them that ran.
        at_most: {size: ours over that peer}.
        limits: for a work that nobody else does: what ours may take, {"seconds", "peak_bytes"}.
        sizes: where it runs unless it is asked for by name.
        is_whole: the whole process is measured, from its start to its end; otherwise the part that the child times.
    """

    name: str
    title: str
    peers: tuple[str, ...]
    at_most: dict[str, float] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    sizes: tuple[str, ...] = ("tiny", "100k", "1m")
    axis: str = "item"
    measure: str = "cosine"
    is_whole: bool = False

    @property
    def is_kernel(self) -> bool:
        return self.name in ("item_cosine", "user_cosine", "item_pearson")


LARGE = ("20m", "wide", "wide-small")
COSINE_PEERS = ("implicit", "similaripy", "sparse_dot_topn")
WORKS = {
    work.name: work
    for work in (
        Work(
            "item_cosine",
            "top-50 item-item cosine",
            COSINE_PEERS,
            {"1m": 2.5, "20m": 3.0},
            sizes=("tiny", "100k", "1m", *LARGE),
        ),
        Work("user_cosine", "top-50 user-user cosine", COSINE_PEERS, axis="user"),
        Work(
            "item_pearson",
            "top-50 item-item Pearson",
            ("surprise",),
            {"100k": 0.2, "1m": 0.2},
            measure="pearson",
        ),
        Work(
            "top10",
            "top-10 unseen items for all users from the neighbours",
            ("implicit", "similaripy"),
            {"1m": 3.0},
        ),
        Work(
            "file",
            "csv to recommendations and similar items",
            ("pandas_implicit",),
            {"1m": 2.0, "20m": 2.5},
            sizes=("tiny", "100k", "1m", *LARGE),
            is_whole=True,
        ),
        Work(
            "demo",
            "recsys demo",
            (),
            limits={"seconds": 30, "peak_bytes": 1.5e9},
            sizes=("100k", "1m"),
            is_whole=True,
        ),
    )
}


#: {peer: {what it imports: what pip calls it}}
NEEDS = {
    "implicit": {"implicit": "implicit"},
    "similaripy": {"similaripy": "similaripy"},
    "sparse_dot_topn": {"sparse_dot_topn": "sparse-dot-topn"},
    "surprise": {"surprise": "scikit-surprise"},
    "pandas_implicit": {"implicit": "implicit", "pyarrow": "pyarrow"},
}


def missing(who: str) -> str:
    """Say why somebody cannot take part, or nothing; nothing is imported."""
    for module, package in NEEDS.get(who, {}).items():
        if importlib.util.find_spec(module) is None:
            return f"{package} is not installed (pip install -e '.[bench]')"
    return ""


@dataclass(frozen=True)
class Task:
    """What a child process is told: who does what on which data, and how much of the machine it may use."""

    who: str
    work: str
    size: str
    data: str  #: the folder with events.csv
    run: str  #: a folder of its own, empty at first
    threads: int = 2
    memory_limit: str | None = None
    sets: tuple[str, ...] = ()
    keep: bool = False  #: write the result to run/result.npz, after the time is taken

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Task":
        found = json.loads(text)
        return cls(**{**found, "sets": tuple(found["sets"])})

    @property
    def spec(self) -> Work:
        return WORKS[self.work]

    @property
    def csv(self) -> Path:
        return Path(self.data) / "events.csv"

    @property
    def matrix(self) -> Path:
        return Path(self.data) / "matrix.npz"

    @property
    def neighbours(self) -> Path:
        return Path(self.data) / "neighbours.npz"

    @property
    def result(self) -> Path:
        return Path(self.run) / "result.npz"


class Skipped(Exception):
    """Why somebody does not take part."""
