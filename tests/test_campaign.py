"""Who may be contacted, who is never, and what to do about each user next: against plain Python, and through refreshes."""

import datetime as dt
import hashlib
import random
import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from recsys import Project, RecsysError
from recsys.build import Builder
from recsys.config import read_config
from recsys.plan import make_node
from recsys.settings import project_params
from recsys.specrun import RUN_AT

ONE = [{"name": "one", "query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}}]
CHANNELS = ["app", "email", "phone", "post", "sms", "store"]


@pytest.fixture
def built(spec_runner):
    """Return a function that fills tables of an empty workspace, builds models in it and returns the rows of the last."""
    con = spec_runner.con
    con.execute("begin")

    def build(given: dict[str, pd.DataFrame], *tables: str, run_id: int = 1, **settings) -> list[dict]:
        params = spec_runner.params.override({key.replace("__", "."): value for key, value in settings.items()}, "the test")
        for name, frame in given.items():
            con.register("given", frame)
            con.execute(f"delete from {name}; insert into {name} by name from given")
            con.unregister("given")
        builder = Builder(con, check=False)
        builder.comments = dict(spec_runner.comments)
        for table in tables:
            builder.build(make_node(spec_runner.library, spec_runner.library[table], params, {**spec_runner.run, "run_id": run_id}))
        return con.sql(f"from {tables[-1]} order by all").df().astype(object).where(lambda frame: frame.notna(), None).to_dict("records")

    yield build
    con.execute("rollback")


def people(ids: list[str], households: list[str | None] | None = None) -> dict[str, pd.DataFrame]:
    homes = pd.Series(households or [None] * len(ids), dtype=object)
    return {
        "profile.users": pd.DataFrame({"user_no": range(1, len(ids) + 1), "user_id": ids, "is_excluded": False}),
        "staging.users": pd.DataFrame({"user_id": ids, "household_id": homes}),
    }


# --- the control group ---

def lot(name: str, seed: int = 42) -> float:
    return int(hashlib.md5(f"{seed}\x1f{name}\x1f".encode()).hexdigest()[:13], 16) / 16**13


def test_lots_are_the_same_on_every_machine_and_make_the_share_that_was_asked_for(built):
    ids = [f"ü{number}" for number in range(4000)]
    rows = built(people(ids), "campaign.control_group", campaign__control_share=0.1)
    assert {row["user_id"]: row["lot_place"] for row in rows} == {user: lot(user) for user in ids}
    drawn = sum(row["is_control"] for row in rows)
    assert drawn == sum(lot(user) < 0.1 for user in ids) and 320 < drawn < 480


def test_what_was_drawn_stays_whatever_is_set_later_and_only_who_is_new_is_drawn(built):
    first, later = [f"u{number}" for number in range(300)], [f"u{number}" for number in range(100, 500)]
    before = {row["user_id"]: row for row in built(people(first), "campaign.control_group", campaign__control_share=0.5)}
    for run_id, share in ((2, 0.0), (3, 1.0)):
        rows = built(people(later if run_id == 2 else first + later), "campaign.control_group", run_id=run_id,
                     campaign__control_share=share, campaign__control_seed=7)
        found = {row["user_id"]: row for row in rows}
        assert len(found) == len(rows) == 500
        assert {user: found[user] for user in before} == before
        assert not any(found[user]["is_control"] for user in later if user not in before)


def test_a_run_that_is_repeated_before_it_was_published_draws_the_same(built):
    users = people(["ann", "bob", "cid"])
    assert built(users, "campaign.control_group") == built(users, "campaign.control_group")


SALES = pd.DataFrame([(f"u{user}", f"i{(user * 3 + place) % 7}", f"2024-0{1 + place}-11", 10 + place)
                      for user in range(30) for place in range(4)], columns=["user", "item", "day", "paid"])


def shop(folder: Path, sales: pd.DataFrame, **params) -> Project:
    given = {
        "interactions": [{"name": "till", "from": sales, "columns": {
            "user_id": "user", "item_id": "item", "occurred_at": "day", "line_amount": "paid"}}],
        "consents": [{"name": "crm", "query": "select 'u' || n as who, 'marketing' as what, 'email' as way, n % 2 = 0 as yes from range(40) as numbers(n)",
                      "columns": {"user_id": "who", "purpose": "what", "channel": "way", "is_granted": "yes"}}],
        "params": {"similarity": {"axes": ["item"]}, "campaign": params},
    }
    return Project(folder, given)


def test_the_control_group_outlives_refreshes_and_is_contacted_in_none(tmp_path):
    first = shop(tmp_path, SALES[SALES["user"] != "u29"], control_share=0.3)
    first.refresh()
    before = first.table("control_group").set_index("user_id")
    assert 0 < before["is_control"].sum() < 29
    second = shop(tmp_path, SALES[SALES["user"] != "u0"], control_share=0.0)
    second.refresh()
    after = second.table("control_group").set_index("user_id")
    assert after.loc[before.index].equals(before)
    assert after.loc["u29", ["run_id", "is_control"]].tolist() == [2, False]
    actions = second.table("next_best_action").set_index("user_id")
    control = set(after.index[after["is_control"]]) & set(actions.index)
    assert control and "u0" not in actions.index
    assert set(actions.index[actions["held_back_because"] == "control group"]) == control
    assert not actions.loc[sorted(control), "is_contacted"].any()
    contacted = set(actions.index[actions["is_contacted"]])
    assert contacted == {user for user in actions.index if int(user[1:]) % 2 == 0} - control


# --- who may be contacted ---

def last_words(rows: list[dict], now: dt.datetime) -> dict[tuple, bool]:
    """{(user, channel): whether it is a yes}, by what the rules mean: in doubt no."""
    found: dict[tuple, list[dict]] = {}
    for row in rows:
        found.setdefault((row["user_id"], row["channel"]), []).append(row)
    said = {}
    for key, words in found.items():
        if any(row["changed_at"] is None and not row["is_granted"] for row in words):
            said[key] = False
            continue
        newest = max(row["changed_at"] or dt.datetime.min for row in words)
        last = [row for row in words if (row["changed_at"] or dt.datetime.min) == newest]
        said[key] = all(row["is_granted"] and (row["expires_at"] is None or row["expires_at"] > now) for row in last)
    return said


def test_the_last_word_counts_and_in_doubt_it_is_a_no(built):
    draw, moments = random.Random(6), [None, *(dt.datetime(2024, 1, day) for day in range(1, 9))]
    rows = [
        {"source": "crm", "source_row": number, "user_id": f"u{draw.randrange(60)}", "purpose": "marketing", "channel": draw.choice(CHANNELS[:3]),
         "is_granted": draw.random() < 0.8, "changed_at": draw.choice(moments), "expires_at": draw.choice([None, None, RUN_AT + dt.timedelta(1), RUN_AT])}
        for number in range(1, 400)
    ]
    frame = pd.DataFrame(rows).astype({"changed_at": "datetime64[us]", "expires_at": "datetime64[us]"})
    found = {(row["user_id"], row["contact_channel"]): row["is_granted"] for row in built({"raw.consents": frame}, "staging.consents")}
    assert found == last_words(rows, RUN_AT)
    assert len(found) > 100 and 0.2 < sum(found.values()) / len(found) < 0.8


# --- one person, one message ---

def decided(users: list[dict], caps: dict[str, int], per_household: int) -> dict[str, tuple]:
    """{user: (channel, why she is held back)}: one after the other, the most urgent first."""
    found, homes, sent = {}, {}, {}
    for user in sorted(users, key=lambda row: (row["urgency"], -row["worth"], row["id"])):
        tried = [] if user["contact"] in (None, "none") else user["contact"].split(", ")
        ways = [channel for channel in tried if channel in user["reach"]]
        channel = next((channel for channel in ways if user["reach"][channel]), None)
        home = user["home"] or user["id"]
        why = None
        if user["control"]:
            why = "control group"
        elif user["contact"] is None:
            why = "in no segment"
        elif not tried:
            why = "the strategy contacts nobody"
        elif not ways:
            why = "no consent"
        elif not channel:
            why = "no address"
        elif per_household and homes.get(home, 0) >= per_household:
            why = "another of the household is contacted"
        else:
            homes[home] = homes.get(home, 0) + 1
            sent[channel] = sent.get(channel, 0) + 1
            if sent[channel] > caps.get(channel, 10**9):
                why = f"contact cap of {channel}"
        found[user["id"]] = (channel, why)
    return found


@pytest.mark.parametrize("seed, per_household", [(1, 1), (2, 2), (3, 0)])
def test_each_person_gets_one_message_or_the_reason_for_none(built, seed, per_household):
    draw, caps = random.Random(seed), {"phone": 15, "email": 60}
    segments = {"One": (1, "phone, email"), "Two": (2, "email, post, app"), "Three": (2, "none"), "Four": (9, "sms, phone")}
    users = []
    for number in range(600):
        name = draw.choice([None, *segments])
        users.append({
            "id": f"u{number}", "home": draw.choice([None, f"h{draw.randrange(120)}"]), "control": draw.random() < 0.1, "segment": name,
            "urgency": segments[name][0] if name else 1000, "contact": segments[name][1] if name else None,
            "worth": draw.randrange(5), "reach": {channel: draw.random() < 0.8 for channel in CHANNELS if draw.random() < 0.4},
        })
    inside = [row for row in users if row["segment"]]
    rows = built({
        **people([row["id"] for row in users], [row["home"] for row in users]),
        "campaign.control_group": pd.DataFrame([{"user_id": row["id"], "is_control": row["control"]} for row in users]),
        "campaign.chosen_segments": pd.DataFrame([{
            "user_id": row["id"], "segmentation": "rules", "segment": row["segment"], "segment_priority": row["urgency"],
            "strategy_contact": row["contact"]} for row in inside]),
        "campaign.reach": pd.DataFrame([{"user_id": row["id"], "contact_channel": channel, "is_reachable": arrives}
                                        for row in users for channel, arrives in row["reach"].items()]),
        "value.customers": pd.DataFrame([{"user_id": row["id"], "next_365_days_amount": row["worth"]} for row in users if row["worth"]]),
    }, "campaign.intentions", "campaign.next_best_action", campaign__contact_caps=caps, campaign__household_contacts=per_household)
    found = {row["user_id"]: (row["contact_channel"], row["held_back_because"]) for row in rows}
    assert found == decided(users, caps, per_household)
    assert all(row["is_contacted"] == (row["held_back_because"] is None) for row in rows)
    assert len({why for _, why in found.values()}) >= (8 if per_household else 7), "every reason is to occur, or nothing was compared"


# --- what names something names what is there ---

@pytest.mark.parametrize("given, words", [
    ({"strategies": {"Champions": {"contact": "emial, post"}}}, ['[strategies."Champions"]: contact', "no channel 'emial'", "Did you mean 'email'?"]),
    ({"strategies": {"Champions": {"contact": "email post"}}}, ["no channel 'email post'"]),
    ({"strategies": {"Champions": {"mesage": "x"}}}, ["unknown key 'mesage'", "Did you mean 'message'?"]),
    ({"params": {"campaign": {"segment_priorities": {"Champion": 1}}}}, ["campaign.segment_priorities", "'Champion'", "Did you mean 'Champions'?"]),
    ({"params": {"campaign": {"segment_priorities": {"Champions": -1}}}}, ["campaign.segment_priorities", "0 or more"]),
    ({"params": {"campaign": {"contact_caps": {"fone": 1}}}}, ["campaign.contact_caps", "no channel 'fone'", "Did you mean 'phone'?"]),
    ({"params": {"campaign": {"channels_without_consent": ["shop"]}}}, ["campaign.channels_without_consent", "no channel 'shop'"]),
    ({"params": {"campaign": {"control_share": 1.5}}}, ["campaign.control_share may be 0 to 1"]),
])
def test_a_slip_is_answered_with_what_is_near(library, given, words):
    with pytest.raises(RecsysError) as error:
        project_params(library, read_config(Path("shop"), {"interactions": ONE, **given}), {})
    for word in words:
        assert word in str(error.value)


def test_a_project_may_have_channels_of_its_own_and_leave_people_in_peace(library):
    given = {
        "interactions": ONE, "params": {"campaign": {"contact_channels": ["email", "fax"], "contact_caps": {"fax": 3}, "segment_priorities": {"rfm": 5}}},
        "strategies": {"Lost": {"contact": "none"}, "Champions": {"contact": "Fax, email"}},
    }
    params = project_params(library, read_config(Path("shop"), given), {})
    assert params["campaign.contact_caps"] == {"phone": 100, "fax": 3}


RULE = "/*\nMine.\n\ngrain: user_id\nlabel: Mine\n{more}*/\nselect users.user_id from profile.users\n"


def test_a_rule_that_names_an_unknown_channel_is_named(tmp_path):
    own = tmp_path / "sql" / "segment" / "mine.sql"
    own.parent.mkdir(parents=True)
    own.write_text(RULE.format(more="contact: post, pidgeon\n"), encoding="utf-8")
    with pytest.raises(RecsysError, match="mine.sql: contact: there is no channel 'pidgeon'"):
        Project(tmp_path, {"interactions": ONE})


def test_a_segment_with_people_and_no_strategy_stops_the_refresh_and_says_what_to_write(handmade, tmp_path):
    folder = shutil.copytree(handmade, tmp_path / "shop", ignore=shutil.ignore_patterns("*.duckdb", ".recsys"))
    (folder / "sql" / "segment").mkdir(parents=True)
    (folder / "sql" / "segment" / "mine.sql").write_text(RULE.format(more=""), encoding="utf-8")
    with pytest.raises(RecsysError, match="segment = Mine.*a segment without a strategy: write"):
        Project(folder).refresh()
    assert not (folder / "recsys.duckdb").exists()


def test_every_packaged_strategy_names_channels_that_there_are(library):
    known = library.declared["campaign.contact_channels"].default
    told = {name: parts["contact"] for name, parts in tomllib.loads((library.root / "segment" / "strategies.toml").read_text(encoding="utf-8")).items()}
    told |= {rule.table: rule.one("contact") for rule in library.members(library.families["segment"])}
    assert not {name: words for name, words in told.items() if words != "none" and not set(words.split(", ")) <= set(known)}
