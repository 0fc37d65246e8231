"""Value of data/handmade, reckoned a second time in plain Python; see handmade_reckoning.py.

Twelve people are too few for any model, so what is left to reckon is the verdict, the histories and the last year.
"""

from collections import defaultdict
from datetime import timedelta

import numpy as np
from handmade_reckoning import BASKETS, CUSTOMERS, LINES, NONE, TODAY

NOT_TOLD = dict.fromkeys((
    "expected_orders_30_days", "expected_orders_90_days", "expected_orders_365_days", "bgnbd_alive_probability",
    "churn_probability", "expected_date_of_next_order", "expected_order_amount"))


def days_of(user: str) -> dict:
    """What the user's orders of each day came to."""
    days = defaultdict(lambda: NONE)
    for lines in BASKETS.values():
        if lines[0].user == user:
            days[lines[0].on] += sum(line.net for line in lines)
    return days


def user_value():
    for user in CUSTOMERS:
        days, lines = sorted(days_of(user)), [line for line in LINES if line.user == user]
        repeats, span = len(days) - 1, (days[-1] - days[0]).days
        yield {
            "user_id": user, "repeat_order_count": repeats, "active_weeks": span / 7, "observed_weeks": (TODAY - days[0]).days / 7,
            "average_days_between_orders": span / repeats if repeats else None, **NOT_TOLD,
            "historic_clv": sum(line.net for line in lines), "predicted_clv": None, "predicted_clv_margin": None, "contract_amount": None,
            "value_reason": "too few customers with an order",
            "next_365_days_amount": sum(line.net for line in lines if line.on > TODAY - timedelta(365)),
            "next_365_days_basis": "the last 365 days again",
        }


def value_basis():
    days = sorted({lines[0].on for lines in BASKETS.values()})
    known = [list(dict(sorted(days_of(user).items())).values())[1:] for user in CUSTOMERS]
    # money has four decimals, the mean of orders too
    spent = [(len(later), round(float(sum(later)) / len(later), 4)) for later in known if later and sum(later) > 0]
    for number, (requirement, found, least, most, decides) in enumerate((
        ("customers with an order", len(CUSTOMERS), 500, None, True),
        ("days of history", (days[-1] - days[0]).days, 180, None, True),
        ("customers with orders on three days", sum(len(later) >= 2 for later in known), 1, None, True),
        ("orders shortly before the run", 0, 1, None, False),  # the run is years later
        ("correlation of frequency and value", round(float(np.corrcoef(*zip(*spent, strict=True))[0, 1]), 6), -0.3, 0.3, False),
    ), 1):
        yield {
            "requirement_no": number, "requirement": requirement, "found_value": float(found), "at_least_value": float(least),
            "at_most_value": most, "is_met": found >= least and (most is None or found <= most), "is_decisive": decides,
        }


def value_models():
    """No model is fitted, so none is held against the holdout."""
    yield from ()


def value_calibration():
    yield from ()
