"""Personalised marketing computed inside the database."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Project", "RecsysError"]

if TYPE_CHECKING:
    from recsys.errors import RecsysError
    from recsys.project import Project


def __getattr__(name: str) -> object:
    """Import on first use, so that `recsys --help` need not wait for pandas."""
    if name == "Project":
        from recsys.project import Project

        return Project
    if name == "RecsysError":
        from recsys.errors import RecsysError

        return RecsysError
    raise AttributeError(f"module 'recsys' has no attribute '{name}'")
