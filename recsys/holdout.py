"""Which rows tuning sets aside: the test part, which no trial sees, and validation parts of what is left."""

import datetime as dt

from recsys.evaluation import TEST, TRAINING
from recsys.params import Params
from recsys.scratch import FILTERED, Scratch

#: share of a user's products that are held back for validation at most: nobody vanishes
MOST_HELD = 0.4


def hold_out(scratch: Scratch, params: Params, where: str = "true") -> None:
    """Set the rows of a split aside, of what is left, of users for whom ``where`` is true; ``kept`` in evaluation.held_out."""
    scratch.kept.pop(TEST, None)
    scratch.build(scratch.plan([TEST, "profile.users"], params))
    scratch.narrow(TEST, f"user_id is null or user_id in (select user_id from profile.users where {where})" if where != "true" else where)
    scratch.narrow(FILTERED, TRAINING)


def validation(scratch: Scratch, lot: int) -> Params:
    """Return parameters that hold back a validation part of what is left: by another lot, or more of the last days or products."""
    params = scratch.project.params
    (newest,), = scratch.con.sql(f"select max(occurred_on) from {FILTERED} where fate in ('used', 'unidentified')").fetchall()
    first = newest - dt.timedelta(days=params["evaluation.test_days"] * (lot + 1) - 1) if newest else ""
    return params.override({
        "evaluation.seed": params["evaluation.seed"] + 1 + lot, "evaluation.test_from": str(first),
        "evaluation.last_products": params["evaluation.last_products"] * (lot + 1),
        "evaluation.test_share": min(params["evaluation.test_share"], MOST_HELD)}, "tune")
