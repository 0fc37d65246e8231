"""The doctor: what inputs make possible, what is missing, and how much work the self-joins will be."""

import random
from collections import Counter
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from recsys import effort
from recsys.config import read_config
from recsys.doctor import Finding, doctor
from recsys.doctor.installation import installation
from recsys.library import bundled, load_library
from recsys.settings import project_params
from recsys.words import counted, large, percent, size
from recsys.workspace import Paths, lock

LIBRARY = load_library()


def examine(folder: Path, given: dict | None = None, settings: dict | None = None) -> dict[str, Finding]:
    config = read_config(folder, given)
    found = doctor(config, LIBRARY, project_params(LIBRARY, config, settings or {}))
    assert all(finding.state in ("ok", "partly", "no", "warning") and finding.there for finding in found)
    return {finding.topic: finding for finding in found}


def shop(rows: list[tuple], **more) -> dict:
    """A project of one DataFrame: who, what, when, how much."""
    frame = pd.DataFrame(rows, columns=["who", "what", "at", "amount"])
    columns = {"user_id": "who", "item_id": "what", "occurred_at": "at", "line_amount": "amount"}
    return {"currency": "EUR", "interactions": [{"name": "shop", "from": frame, "columns": columns}], **more}


def test_handmade(tmp_path):
    found = examine(bundled("data") / "handmade")
    assert found["interactions store"].state == "warning"
    assert "2 unusable" in found["interactions store"].there
    assert "not a number in Betrag (1)" in found["interactions store"].missing
    assert "2 superseded" in found["interactions web"].there
    assert "is an export missing?" in found["interactions web"].missing  # it ends ten days before the others
    assert found["overlaps in store"].state == "warning" and "key" in found["overlaps in store"].missing
    assert "overlaps in web" not in found  # it has a key
    assert found["exchange rates"].there == "EUR, USD in EUR"
    assert found["refunds"] == Finding("refunds", "partly", "4 refunds, 3 matched to a purchase", "refunds of purchases before the data begin")
    assert found["availability and stock"].missing == "stock_count, available_from, available_to under [items.columns]"
    assert found["contact and consent"].missing == "a [[consents]] source: unknown is denied"
    assert found["one person over systems"].state == "ok"
    assert "models" not in found and not any(topic.startswith("check of") for topic in found)


def test_expected_ratings_need_ratings_and_users_who_gave_some(tmp_path):
    bought = [("u1", "i1", "2024-01-01", 1)]
    assert examine(tmp_path, shop(bought))["expected ratings"] == Finding(
        "expected ratings", "no", "none", "rating under [interactions.columns]")
    rated = pd.DataFrame([(f"u{user}", f"i{item}", 1 + item % 5) for user in range(4) for item in range(16 if user else 3)],
                         columns=["who", "what", "stars"])
    given = {"interactions": [{"name": "films", "from": rated, "constants": {"event_type": "rating"},
                               "columns": {"user_id": "who", "item_id": "what", "rating": "stars"}}]}
    assert examine(tmp_path, given)["expected ratings"] == Finding(
        "expected ratings", "ok", "51 ratings by 4 users, 75% of them with 15 or more")
    few = examine(tmp_path, given, {"profile.baseline_user_ridge": 17.0})["expected ratings"]
    assert (few.state, few.missing) == ("partly", "few ratings a user: little but the items' means is expected")


def test_consents_in_words_that_nobody_asks_for_are_named(tmp_path):
    def consents(what, way):
        return [{"query": f"select 'u1' as who, '{what}' as what, '{way}' as way, true as yes", "name": "crm",
                 "columns": {"user_id": "who", "purpose": "what", "channel": "way", "is_granted": "yes"}}]

    rows = [("u1", "i1", "2024-01-01", 1), ("u2", "i1", "2024-01-01", 1)]
    heard = examine(tmp_path, shop(rows, consents=consents("Marketing", "E-Mail")))["contact and consent"]
    assert heard.there == "no addresses; 1 consent; 50% of 2 users can be contacted"
    unheard = examine(tmp_path, shop(rows, consents=consents("newsletter", "fax")))["contact and consent"]
    assert "no consent is for marketing, but for newsletter: set campaign.contact_purpose" in unheard.missing
    assert "fax in no campaign.contact_channels" in unheard.missing and "0% of 2 users" in unheard.there


@pytest.mark.slow
def test_groceries():
    found = examine(bundled("data") / "groceries")
    assert not [finding for finding in found.values() if finding.state == "no" and finding.topic.startswith(("check", "models"))]
    assert found["RFM segments"].state == "ok" and "52,817 orders of 520 customers" in found["RFM segments"].there
    assert found["recommendations from purchases"].state == "ok"
    assert found["recommendations from ratings"].missing == "a source with rating under [interactions.columns]"
    assert "174 million pair rows" in found["work for similar items"].there


def test_pair_rows_are_the_sum_of_squared_degrees(tmp_path):
    draw = random.Random(7)
    rows = [(f"u{draw.randrange(80)}", f"i{int(draw.paretovariate(0.7)) % 50}", "2024-01-01 10:00", 1) for _ in range(1500)]
    rows += [("robot", f"i{number}", "2024-01-01 10:00", 1) for number in range(50)]
    pairs = {(who, what) for who, what, *_ in rows}
    holders, baskets = Counter(what for _, what in pairs), Counter(who for who, _ in pairs)
    of_users = Counter(who for who, what in pairs if holders[what] > 1)  # what only one has is compared with nothing
    of_items = Counter(what for who, what in pairs if baskets[who] > 1)
    by_items = sum(degree**2 for degree in of_users.values())
    by_users = sum(degree**2 for degree in of_items.values())
    found = examine(tmp_path, shop(rows))
    there = found["work for similar items"].there
    assert f"{len(pairs)} user-item pairs: {by_items:,} pair rows" in there
    assert f"heaviest user robot with {of_users['robot']} items: {percent(of_users['robot'] ** 2, by_items)}" in there
    assert f"{by_users:,} pair rows" in found["work for similar users"].there


def test_a_robot_and_too_little_memory_are_told(tmp_path, monkeypatch):
    rows = [(f"u{number}", f"i{number % 40}", "2024-01-01", 1) for number in range(100)]
    rows += [(robot, f"x{number}", "2024-01-01", 1) for number in range(1100) for robot in ("robot", "twin")]
    found = examine(tmp_path, shop(rows))["work for similar items"]
    assert found.state == "warning" and "is_excluded" in found.missing
    assert "similarity.newest_items_per_user = 500 (saves 79% of the pair rows, leaves out 52% of the user-item pairs)" in found.missing
    monkeypatch.setattr(effort, "PAIR_BYTES", 10**12)
    found = examine(tmp_path, shop(rows))["work for similar items"]
    assert found.state == "no" and "a refresh would stop" in found.missing and "similarity.tile_pair_rows" in found.missing


def test_little_data_makes_little_possible(tmp_path):
    found = examine(tmp_path, shop([("a", "x", "2024-01-01", 5), ("b", "y", "2024-01-02", 5)]))
    assert found["recommendations from purchases"].state == "no"
    assert found["similar items"].state == found["similar users"].state == "no"
    assert found["RFM segments"].state == "partly" and "half a year" in found["RFM segments"].missing
    assert found["segments by own rhythm"].state == "no"
    assert found["category devotees"].state == "no" and found["category devotees"].missing.startswith("a [[items]] source with category")
    assert found["bargain hunters"].state == "no" and "discount_amount under [interactions.columns]" in found["bargain hunters"].missing
    assert found["baskets"].missing == "order_id under [interactions.columns]"
    assert found["content of items, new items"].missing.startswith("a [[items]] source with category")


def test_what_the_rules_that_compare_need(tmp_path):
    given = shop([(user, item, f"2024-01-{day:02d}", 5) for user in "abc" for item in "xy" for day in range(1, 15)])
    given["interactions"][0]["columns"]["discount_amount"] = "1.0"
    found = examine(tmp_path, given)
    assert found["bargain hunters"].state == "partly" and found["bargain hunters"].there == "84 lines with a discount"
    assert "100% ordered 10+ times" in found["RFM segments"].missing and "rfm_frequency_from" in found["RFM segments"].missing
    given["items"] = [{"from": pd.DataFrame({"sku": ["x", "y"], "kind": ["Tea", "Mugs"]}), "columns": {"item_id": "sku", "category": "kind"}}]
    found = examine(tmp_path, given)
    assert found["bargain hunters"].state == found["category devotees"].state == "ok"


def test_events_without_users_or_at_all(tmp_path):
    given = shop([(None, "x", "2024-01-01", 5), (None, "y", "2024-01-02", 5)])
    found = examine(tmp_path, given)
    assert found["RFM segments"].state == "no" and "user_id" in found["RFM segments"].missing
    assert not any(topic.startswith("work") for topic in found)
    assert examine(tmp_path, shop([]))["interactions shop"] == Finding(
        "interactions shop", "no", "cannot be used", "there are no rows"
    )


def test_mapped_is_not_filled(tmp_path):
    given = shop([("a", "x", "2024-01-01", 5)])
    items = pd.DataFrame({"sku": ["x", "y"], "kind": [None, None], "title": ["Tea", None]}, dtype="object")
    given["items"] = [{"from": items, "columns": {"item_id": "sku", "category": "kind", "name": "title"}}]
    found = examine(tmp_path, given)["content of items, new items"]
    assert found.state == "no" and found.there == "category 0% filled" and "brand" in found.missing


def test_ids_that_do_not_meet(tmp_path):
    given = shop([("a", "7", "2024-01-01", 5), ("b", "7", "2024-01-01", 5)])
    given["items"] = [{"from": pd.DataFrame({"sku": ["007"], "n": ["Tea"]}), "columns": {"item_id": "sku", "name": "n"}}]
    given["users"] = [{"from": pd.DataFrame({"u": ["A"], "age": ["30"]}), "columns": {"user_id": "u", "age": "age"}}]
    found = examine(tmp_path, given)
    assert found["items known"].state == "no" and "leading zeros" in found["items known"].missing
    assert found["user attributes"].state == "no" and "same form" in found["user attributes"].missing


def test_a_currency_without_rate_would_stop_a_refresh(tmp_path):
    given = shop([("a", "x", "2024-01-01", 5)])
    given["interactions"][0]["constants"] = {"currency": "NOK"}
    found = examine(tmp_path, given)["exchange rates"]
    assert found.state == "no" and found.there.startswith("no rate for NOK (1 row)")


def test_times_without_offset_need_a_time_zone(tmp_path):
    times = {"local": "2024-01-01 10:00", "offset": "2024-01-01T10:00:00+02:00", "unix": "1704103200", "day": "2024-01-01"}
    given = shop([])
    given["interactions"] = [
        {**shop([("a", "x", at, 5)])["interactions"][0], "name": name} for name, at in times.items()
    ]
    found = examine(tmp_path, given)["time zone"]
    assert (found.state, found.there) == ("warning", "times in local have no offset and are taken as UTC")
    assert "time zone" not in examine(tmp_path, {**given, "timezone": "Europe/Berlin"})


def test_a_reporting_currency_that_nobody_stated(tmp_path):
    given = shop([("a", "x", "2024-01-01", 5)])
    del given["currency"]
    assert examine(tmp_path, given)["reporting currency"].state == "warning"


def test_tax_that_nobody_stated(tmp_path):
    given = shop([("a", "x", "2024-01-01", 5)])
    assert "tax" not in examine(tmp_path, given)
    given["interactions"][0]["columns"]["tax_amount"] = "amount / 5"
    assert examine(tmp_path, given)["tax"].state == "warning"
    assert "tax" not in examine(tmp_path, given | {"amounts_include_tax": True})


def test_repeated_rows_and_too_many_rejected(tmp_path):
    rows = [("a", "x", "2024-01-01", 5)] * 2 + [("b", "x", "yesterday", 5)]
    found = examine(tmp_path, shop(rows))
    assert found["overlaps in shop"].state == "warning"
    assert found["interactions shop"].state == "no" and "would stop" in found["interactions shop"].missing
    assert "not a date in at (1)" in found["interactions shop"].missing


def test_every_source_that_cannot_be_used_is_named_at_once(tmp_path):
    given = shop([("a", "x", "2024-01-01", 5)])
    given["interactions"][0]["columns"]["item_id"] = "wat"
    given["items"] = [{"name": "goods", "from": "none.csv", "columns": {"item_id": "sku"}}]
    found = examine(tmp_path, given)
    assert "Did you mean 'what'?" in found["interactions shop"].missing
    assert "no file" in found["items goods"].missing
    assert "RFM segments" not in found


def test_a_check_that_fails_is_a_finding(tmp_path):
    given = shop([("a", "x", "2024-01-01", -1), ("b", "x", "2024-01-01", 5)])
    given["interactions"][0]["columns"] |= {"rating": "amount"}
    found = examine(tmp_path, given)
    assert found["check of profile.user_item"].state == "no" and "rating" in found["check of profile.user_item"].missing
    assert "RFM segments" in found


def test_an_installation(tmp_path):
    given = shop([("a", "x", "2024-01-01", 5)])
    config = read_config(tmp_path, given)
    topics = {finding.topic: finding for finding in installation(config)}
    assert topics["DuckDB"].state == topics["Python"].state == "ok"
    assert topics["published file"].missing == "recsys refresh"
    assert list(tmp_path.iterdir()) == []
    with lock(Paths(config.folder, config.database), "refresh"):
        assert next(f for f in installation(config) if f.topic == "lock").state == "warning"
    assert not any(finding.topic == "lock" for finding in installation(config))


def test_a_published_file_is_opened(tmp_path):
    config = read_config(tmp_path, shop([("a", "x", "2024-01-01", 5)]))
    config.database.write_bytes(b"junk")
    assert list(installation(config))[-1].there == "cannot be opened"
    config.database.unlink()
    with duckdb.connect(str(config.database)) as con:
        con.execute("create schema meta; create table meta.runs as select 1 as run_id, timestamp '2024-05-01 06:00' as finished_at")
    assert list(installation(config))[-1] == Finding(
        "published file", "ok", "recsys.duckdb, 1 refresh, the last at 2024-05-01 06:00 UTC"
    )
    Path(f"{config.database}.wal").write_bytes(b"")
    assert list(installation(config))[-1].state == "warning"


def test_words():
    assert (counted(1, "row"), counted(1200, "row")) == ("1 row", "1,200 rows")
    assert (percent(0), percent(1, 1000), percent(999, 1000), percent(1, 2), percent(0, 0)) == ("0%", "under 1%", "over 99%", "50%", "0%")
    assert (large(999_999), large(1_500_000), large(187_423_616), large(2 * 10**9)) == ("999,999", "1.5 million", "187 million", "2.0 billion")
    assert (size(5 * 2**20), size(3 * 2**29)) == ("5 MB", "1.5 GB")
