"""Every published table of the handmade project, as it was checked by hand.

The totals per source, person and item stand in data/handmade/README.md, added up by hand from the files; the
golden tables hold every other number too. To renew them after a change that is meant: RECSYS_GOLDEN=write
pytest tests/test_golden.py, then read the difference line by line.
"""

import os
import re
from pathlib import Path

import pandas as pd
import pytest

from recsys import Project
from recsys.library import bundled

GOLDEN = Path(__file__).parent / "golden" / "handmade"
TABLES = sorted(path.stem for path in GOLDEN.glob("*.csv"))


@pytest.fixture(scope="module")
def project(handmade) -> Project:
    project = Project(handmade)
    if os.environ.get("RECSYS_GOLDEN") == "write":
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name in project.tables()["table_name"]:
            (GOLDEN / f"{name}.csv").write_text(written(project, name), encoding="utf-8")
    return project


def written(project: Project, name: str) -> str:
    """The table as csv, without the time of the run."""
    frame = project.table(name).drop(columns=["run_started_at"], errors="ignore")
    return frame.to_csv(index=False)


@pytest.mark.parametrize("name", TABLES)
def test_table_is_as_checked_by_hand(project, name):
    assert written(project, name).splitlines() == (GOLDEN / f"{name}.csv").read_text(encoding="utf-8").splitlines()


def test_every_published_table_has_a_golden_one(project):
    assert sorted(project.tables()["table_name"]) == TABLES


def hand_table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading of data/handmade/README.md."""
    text = (bundled("data") / "handmade" / "README.md").read_text(encoding="utf-8").split(f"## {heading}")[1].split("\n## ")[0]
    rows = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if not re.fullmatch(r"[-: ]+", row[0])]


def test_totals_per_person_are_those_added_up_by_hand(project):
    profiles = project.table("user_profiles").set_index("user_id")
    for person, orders, net, _ in hand_table("Totals per person")[1:]:
        if person != "all":
            assert profiles.loc[person, "order_count"] == int(orders), person
            assert float(profiles.loc[person, "net_amount"]) == float(net), person


def test_totals_per_item_are_those_added_up_by_hand(project):
    profiles = project.table("item_profiles").set_index("item_id")
    for item, net, _ in hand_table("Totals per item")[1:]:
        if item != "all":
            assert float(profiles.loc[item, "net_amount"]) == float(net), item


def test_totals_per_source_are_those_added_up_by_hand(project):
    found = project.query("from reconciliation where input = 'interactions'").set_index("source")
    tables = hand_table("Totals per source")
    counts, money = tables[1:5], tables[6:10]
    for rows, suffix, kind in ((counts, "count", int), (money, "amount", float)):
        for source, *numbers in rows:
            if source != "all":
                for name, number in zip(("read", "used", "unidentified", "superseded", "rejected"), numbers, strict=True):
                    assert kind(found.loc[source, f"{name}_{suffix}"]) == kind(number), (source, name)


def test_no_contact_or_private_data_is_published(project):
    people = pd.read_csv(project.folder / "users.csv", dtype=str)
    brands = set(pd.read_csv(project.folder / "items.csv", dtype=str)["brand"])
    with project.connect() as con:
        everything = "\n".join(con.sql(f"from {name}").df().to_csv() for name in project.tables()["table_name"])
        columns = {row[0] for row in con.sql("select column_name from duckdb_columns()").fetchall()}
    assert "birth_year" not in columns
    for value in {*people["email"].dropna(), *people["name"].dropna()} - brands:
        assert value not in everything


def test_what_is_rejected_of_people_is_counted_but_not_quoted(tmp_path):
    sales = "card,sku,paid\n" + "".join(f"c{number % 7},s{number % 5},1.00\n" for number in range(40))
    files = {
        "sales.csv": sales + "c1,s1,9;99\n" + "c1,s1,1,secret-line\n",
        "people.csv": "card,mail,age,since\nc1,ann@secret.org,30,2024-01-01\nc2,bob@secret.org,31,2024-01-01,secret-field\n,cid@secret.org,32,2024-01-01\nc4,dan@secret.org,33,secret-day\n",
        "links.csv": "card,client\nc1,secret-client,too,many\nc2,\n",
        "consents.csv": "card,what,how,ok,at\nc1,marketing,email,yes,secret-time\n,marketing,secret-channel,yes,2024-01-01\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    project = Project(tmp_path, {
        "interactions": [{"from": "sales.csv", "columns": {"user_id": "card", "item_id": "sku", "line_amount": "paid"}}],
        "users": [{"from": "people.csv", "columns": {"user_id": "card", "age": "age", "first_seen_at": "since"}, "contact": {"email": "mail"}}],
        "identities": [{"from": "links.csv", "columns": {"user_id": "card", "id_type": "'web'", "id_value": "client"}}],
        "consents": [{"from": "consents.csv", "columns": {
            "user_id": "card", "purpose": "what", "channel": "how", "is_granted": "ok", "changed_at": "at"}}],
    }, {"staging.max_rejected_share": 1.0})
    project.refresh()
    rejected = project.query("select input, file_line_no, trouble_column, trouble_value, trouble_reason from rejected_rows order by all")
    assert rejected.groupby("input").size().to_dict() == {"consents": 2, "identities": 2, "interactions": 2, "users": 2}
    assert rejected["trouble_value"].dropna().tolist() == ["9;99"], "of what is no personal data, the value helps to mend it"
    with project.connect() as con:
        tables = con.sql("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        everything = "\n".join(con.sql(f"from {name}").df().to_csv() for (name,) in tables)
    assert "9;99" in everything and "unreadable value" in everything and "meta.runs" in {name for (name,) in tables}
    assert "secret" not in everything
