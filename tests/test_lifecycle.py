"""The stage of life of each customer, against a reckoning with numpy that goes through every customer's days."""

import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest

from recsys import RecsysError
from recsys.build import Builder
from recsys.config import read_config
from recsys.graph import upstream
from recsys.settings import project_params

TODAY = pd.Timestamp("2024-06-30")
FACTORS, SHARES, LEAST = (1.5, 2.5, 4.0), (0.75, 0.9, 0.97), (7, 14, 28)
GIVEN = ("profile.clock", "profile.users", "staging.orders", "profile.user_activity", "profile.user_categories", "segment.newcomers")
STAGES = ("Slowing", "At risk by rhythm", "Lapsed")


def made_up(seed: int) -> dict[str, list[pd.Timestamp]]:
    """{user: days with orders}: steady, irregular, returning after years, seasonal, and once only."""
    rng, days = np.random.default_rng(seed), {}
    for number in range(300):
        kind, first = number % 5, TODAY - pd.Timedelta(days=int(rng.integers(30, 1200)))
        if kind == 0:
            gaps = rng.normal(rng.integers(3, 60), 2, rng.integers(3, 25)).round().clip(1)
        elif kind == 1:
            gaps = rng.lognormal(3, 1.2, rng.integers(1, 12)).round().clip(1)
        elif kind == 2:
            gaps = np.concatenate([rng.integers(5, 30, rng.integers(1, 6)), [rng.integers(150, 500)], rng.integers(5, 30, rng.integers(0, 5))])
        elif kind == 3:
            gaps = 365 + rng.integers(-40, 41, rng.integers(1, 4))
        else:
            gaps = []
        found = [first + pd.Timedelta(days=int(gap)) for gap in np.concatenate([[0], np.cumsum(gaps)])]
        days[f"u{number:03d}"] = [day for day in found if day <= TODAY]
    return days


def whole(value: float) -> int:
    return math.ceil(round(value, 6))


def gaps_of(days: list[pd.Timestamp]) -> list[int]:
    return [int((later - earlier).days) for earlier, later in zip(days, days[1:], strict=False)]


def limits(gaps: list[int], others: list[int]) -> list[int]:
    """Silence up to which one is not yet slowing, at risk, lapsed, after these gaps."""
    if len(gaps) < 2:
        return others
    usual, longest = float(np.median(gaps)), max(gaps)
    return [whole(max(least, factor * max(usual, longest / FACTORS[1] if place else 0)))
            for place, (least, factor) in enumerate(zip(LEAST, FACTORS, strict=True))]


def reckoned(days: dict[str, list[pd.Timestamp]], category: dict[str, str], new: set[str]) -> dict[str, tuple]:
    early = defaultdict(list)
    for user, found in days.items():
        for gap in gaps_of(found)[:2]:
            early["(all)"].append(gap)
            early[category[user]].append(gap)
    asked = {name: [whole(max(np.quantile(gaps, share), least)) for share, least in zip(SHARES, LEAST, strict=True)]
             for name, gaps in early.items() if len(gaps) >= 20 or name == "(all)"}
    result = {}
    for user, found in days.items():
        others, gaps = asked.get(category[user], asked["(all)"]), gaps_of(found)
        lapses = [place for place, gap in enumerate(gaps) if gap > limits(gaps[:place], others)[2]]
        sound = [gap for place, gap in enumerate(gaps) if place not in lapses]
        ages = [(day - found[0]).days for day in found]
        years = [math.floor(age / 365.25 + 0.5) for age in ages]
        is_seasonal = len(set(years)) > 1 and max(abs(age - 365.25 * year) for age, year in zip(ages, years, strict=True)) <= 45
        stop = [410, 410, 775] if is_seasonal else limits(sound, others)
        silent = (TODAY - found[-1]).days
        reached = sum(silent > days_off for days_off in stop)
        if user in new and len(found) < 3:
            stage, since = "New", found[0]
        elif reached:
            stage, since = STAGES[reached - 1], found[-1] + pd.Timedelta(days=stop[reached - 1] + 1)
        elif is_seasonal:
            stage, since = "Seasonal", next(day for day, year in zip(found, years, strict=True) if year)
        elif lapses and len(found) - 1 - lapses[-1] < 3:
            stage, since = "Won back", found[lapses[-1] + 1]
        else:
            back = [day for day, gap in zip(found[1:], gaps, strict=True) if gap > stop[0]]
            stage, since = "Active", max(back, default=found[0])
        result[user] = (stage, since.date())
    return result


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_customer_is_in_the_stage_that_numpy_finds_and_since_the_same_day(spec_runner, seed):
    days = made_up(seed)
    category = {user: ("Tea" if number % 2 else "Mugs") if number % 7 else "Rare" for number, user in enumerate(days)}
    new = {user for user, found in days.items() if (TODAY - found[0]).days <= 60}
    orders = pd.DataFrame([  # noqa: F841  (DuckDB finds frames by name)
        (f"{user}-{number}", user, day) for user, found in days.items() for number, day in enumerate(found)],
        columns=["order_id", "user_id", "ordered_on"])
    con, plan = spec_runner.con, spec_runner.plan
    con.execute("begin")
    try:
        for table in GIVEN:
            con.execute(f"delete from {table}")
        con.execute(f"insert into profile.clock by name select date '{TODAY:%F}' as reference_on, date '{TODAY:%F}' as known_on")
        con.execute("insert into staging.orders by name select order_id, user_id, ordered_on::date as ordered_on from orders")
        con.execute("insert into profile.users by name select dense_rank() over (order by user_id) as user_no, user_id, false as is_excluded "
                    "from (select distinct user_id from orders)")
        con.execute("insert into profile.user_activity by name select user_id, count(*) as order_count, min(ordered_on)::date as first_order_on, "
                    f"max(ordered_on)::date as last_order_on, date '{TODAY:%F}' - max(ordered_on)::date as recency_days from orders group by user_id")
        con.executemany("insert into profile.user_categories by name select ? as user_id, ? as category, 1 as net_amount", list(category.items()))
        con.executemany("insert into segment.newcomers by name select ? as user_id, 60 as second_order_days", [[user] for user in sorted(new)])
        builder = Builder(con, check=False)
        builder.comments = dict(spec_runner.comments)
        between = upstream({name: inputs - set(GIVEN) for name, inputs in plan.inputs.items()}, ["segment.lifecycle"])
        for name in plan.nodes:
            if name in between - set(GIVEN):
                builder.build(plan.nodes[name])
        found = {user: (stage, since) for user, stage, since in con.sql(
            "select user_id, segment, lifecycle_since_on from segment.lifecycle").fetchall()}
    finally:
        con.execute("rollback")
    expected = reckoned(days, category, new)
    assert found == expected
    assert len(Counter(stage for stage, _ in expected.values())) == 7, "every stage is to occur, or it was not compared"


@pytest.mark.parametrize("name, value", [
    ("lifecycle_gap_factors", [2.0, 3.0]), ("lifecycle_return_shares", [0.9, 0.8, 0.97]), ("lifecycle_least_days", [28, 14, 7]),
])
def test_the_three_limits_rise(library, tmp_path, name, value):
    config = read_config(tmp_path, {"interactions": [{"name": "one", "query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}}]})
    with pytest.raises(RecsysError, match=f"segment.{name} is three rising numbers"):
        project_params(library, config, {f"segment.{name}": value})
