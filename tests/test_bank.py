"""data/bank: what its README says was worked out by hand, reckoned from the files in plain Python, and as it is published."""

import csv
import math
import re
import shutil
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests_support import ran

from recsys import Project
from recsys.inspection import run_examples
from recsys.library import bundled

BANK = bundled("data") / "bank"
TODAY, YEAR_AGO = date(2024, 12, 31), date(2024, 1, 1)


def read(name: str) -> list[dict[str, str]]:
    with (BANK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


STAFF = {row["customer_no"] for row in read("customers.csv") if row["staff"] == "yes"}
CUSTOMERS = {row["customer_no"]: row for row in read("customers.csv") if row["staff"] == "no"}


def hand_table(heading: str) -> list[dict[str, str]]:
    """The first table below a heading of the README."""
    text = (BANK / "README.md").read_text(encoding="utf-8").split(f"## {heading}")[1].split("\n## ")[0]
    rows = [[cell.strip(" `") for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    names, *cells = (row for row in rows if not all(re.fullmatch(r"[-:]+", cell) for cell in row))
    return [dict(zip(names, row, strict=True)) for row in cells]


@pytest.fixture(scope="module")
def bank(once) -> Project:
    def fill(folder: Path) -> None:
        shutil.copytree(BANK, folder, dirs_exist_ok=True)
        Project(folder).refresh()

    return Project(once("bank", fill))


def payments() -> dict[tuple[str, str], list[tuple[date, Decimal]]]:
    """{(customer, product): its postings in order of time}."""
    found: dict = {}
    for row in read("postings.csv"):
        found.setdefault((row["customer_no"], row["product"]), []).append((date.fromisoformat(row["booked_on"]), Decimal(row["earned"])))
    return {key: rows for key, rows in found.items() if key[0] not in STAFF}


def gap(rows: list) -> float | None:
    return (rows[-1][0] - rows[0][0]).days / (len(rows) - 1) if len(rows) > 1 else None


def reckoned() -> dict[str, float]:
    """{customer: what the running contracts will bring}."""
    held, gaps = payments(), {}
    for (customer, product), rows in held.items():
        others = sorted(gap(theirs) for (_, same), theirs in held.items() if same == product and gap(theirs))
        gaps[customer, product] = gap(rows) or others[len(others) // 2]
    runs = {key: (TODAY - rows[-1][0]).days <= 1.5 * gaps[key] for key, rows in held.items()}
    ran_then = [key for key, rows in held.items() if any(0 <= (YEAR_AGO - day).days <= 1.5 * gaps[key] for day, _ in rows)]
    kept = sum(runs[key] for key in ran_then) / len(ran_then)
    assert (len(ran_then), kept) == (24, 0.875)
    left = math.log(kept / 1.1)
    amounts = dict.fromkeys(CUSTOMERS, 0.0)
    for key, rows in held.items():
        if runs[key]:
            covered = min(365, (TODAY - rows[0][0]).days + gaps[key])
            amounts[key[0]] += float(sum(paid for day, paid in rows if day > YEAR_AGO)) * 365 / covered * (math.exp(left) - 1) / left
    return amounts


def test_the_value_of_contracts_is_what_is_reckoned_by_hand(bank):
    found = bank.table("user_value").set_index("user_id")
    by_hand = {row["customer"]: row for row in hand_table("What the contracts will bring")}
    assert set(found.index) == set(by_hand) == set(CUSTOMERS)
    for customer, amount in reckoned().items():
        assert f"{found.loc[customer, 'contract_amount']:.4f}" == by_hand[customer]["contract_amount"], customer
        assert abs(float(by_hand[customer]["contract_amount"]) - amount) <= 1e-4, "each contract's year is rounded to four decimals"
    assert (found["next_365_days_amount"] == found["contract_amount"]).all()
    assert set(found["next_365_days_basis"]) == {"contracts"}
    assert found["predicted_clv"].isna().all() and set(found["value_reason"]) == {"subscriptions or one-off goods only"}


def test_what_is_held_adds_up_to_the_postings(bank):
    profiles = bank.table("user_profiles").set_index("user_id")
    for row in hand_table("What is held"):
        paid = [(key, day, amount) for key, rows in payments().items() if key[0] == row["customer"] for day, amount in rows]
        assert sum(amount for *_, amount in paid) == int(row["all postings"]) == profiles.loc[row["customer"], "net_amount"]
        assert sum(amount for _, day, amount in paid if day > YEAR_AGO) == int(row["of 2024"])
        for product in ("ACC", "SAV", "CRD", "LON", "DEP", "PLN", "HOM"):
            cell = re.fullmatch(r"(\d+)(?: \((\d)(?: to (\d))?\))?", row[product])
            quarters = [amount for key, _, amount in paid if key[1] == product]
            if not cell:
                assert not quarters, (row["customer"], product)
                continue
            first, last = int(cell[2] or 1), int(cell[3] or cell[2] or 8)
            assert quarters == [int(cell[1])] * (last - first + 1), (row["customer"], product)


def test_who_is_contacted_how_and_why_not_is_as_by_hand(bank):
    found = bank.table("next_best_action").fillna({"contact_channel": ""}).set_index("user_id")
    by_hand = hand_table("What to do about whom")
    assert set(found.index) == {row["customer"] for row in by_hand} == set(CUSTOMERS)
    for row in by_hand:
        mine = found.loc[row["customer"]]
        assert (mine["segment"], mine["contact_channel"]) == (row["segment"], row["channel"]), row["customer"]
        assert ("yes" if mine["is_contacted"] else mine["held_back_because"]) == row["contacted?"], row["customer"]


def test_what_is_offered_is_neither_held_nor_a_loan_and_heads_the_published_list(bank):
    found = bank.table("next_best_action").set_index("user_id")
    first = bank.query("select user_id, item_id, reason from recommendations where list = 'discover' and rank = 1").set_index("user_id")
    held = set(payments())
    for customer, row in found.iterrows():
        assert (row["item_id"], row["reason"]) == (first.loc[customer, "item_id"], first.loc[customer, "reason"])
        assert (customer, row["item_id"]) not in held and row["item_id"] != "LON"


def test_neither_balance_nor_address_is_published_and_staff_is_nowhere(bank):
    secret = {CUSTOMERS[key][name] for key in CUSTOMERS for name in ("name", "email", "phone", "balance")} - {""}
    with bank.connect() as con:
        for name in bank.tables()["table_name"]:
            text = con.sql(f"from {name}").df().to_csv()
            assert not [word for word in secret if re.search(rf"(?<![\d.]){re.escape(word)}(?![\d.])", text)], name
    for name in ("next_best_action", "control_group", "user_value", "user_segments"):
        assert not STAFF & set(bank.table(name)["user_id"]), name


def test_its_own_rule_keeps_its_examples():
    said = []
    assert run_examples(BANK, ["idle_money"], said.append) == 0, said


def test_the_page_of_a_segment_says_how_many_can_be_reached(bank):
    shown = ran(sys.executable, "-m", "recsys", "segment", "Idle money", "-p", bank.folder)
    assert "reachable_count" in shown and "A call of the adviser" in shown
    rows = bank.query("select contact_channel, channel_permitted_count, channel_reachable_count from segment_channels "
                      "where segment = 'Idle money' and strategy_place is not null order by strategy_place")
    assert rows.values.tolist() == [["phone", 1, 1], ["email", 1, 1]]
