"""A model's file: the header says what it is, and whatever is wrong with it is said with the file's name."""

import pytest

from recsys.errors import RecsysError
from recsys.model import Check, read_model

HEADER = """/*
Users who have gone quiet.

The gap is measured against each user's own rhythm,
so that a monthly buyer is not at risk after ten days.

Second thoughts: a colon in prose is no key.

grain: user_id, item_id
check: gap_ratio >= 1 -- look at the orders
check: warn gap_ratio < 100
cite:  Breese, Heckerman
    and Kadie (1998)
label: At risk
priority: 2.5
*/
select 1 as user_id  -- the user;
;
"""


@pytest.fixture
def read(tmp_path):
    def read(text: str, name: str = "quiet.sql"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_model(path, "segment")

    return read


def header(*keys: str, sentence: str = "A sentence.", select: str = "select 1 as id") -> str:
    return f"/*\n{sentence}\n\n" + "\n".join(keys) + f"\n*/\n{select}\n"


def test_a_header_is_a_sentence_reasons_and_keys(read):
    model = read(HEADER)
    assert model.table == "segment.quiet"
    assert model.summary == "Users who have gone quiet."
    assert model.why.startswith("The gap") and model.why.endswith("no key.")
    assert model.grain == ["user_id", "item_id"]
    assert model.order == '"user_id" nulls last, "item_id" nulls last'
    assert read(header("grain: id", "order: worth desc, id")).order == "worth desc, id"
    assert model.kind == "table"
    assert model.is_member and not model.is_family
    assert model.one("priority") == "2.5"
    assert model.one("weight") is None and model.one("weight", "0") == "0"


def test_an_indented_line_continues_its_key(read):
    assert read(HEADER).one("cite") == "Breese, Heckerman and Kadie (1998)"


def test_a_check_may_warn_and_give_advice(read):
    assert read(HEADER).checks == [
        Check("gap_ratio >= 1", "look at the orders"), Check("gap_ratio < 100", is_warning=True)]


def test_the_template_is_what_follows_without_its_semicolon(read):
    assert read(HEADER).template == "select 1 as user_id  -- the user;\n\n"


def test_a_leading_underscore_is_no_part_of_the_tables_name(read):
    model = read(header("grain: id", "members: tables", select="{% for m in members %}{% endfor %}"), "_rules.sql")
    assert (model.table, model.is_family) == ("segment.rules", True)


@pytest.mark.parametrize("text, message", [
    ("select 1 as id", "a model starts with a /\\* header \\*/"),
    (header("grain: id", "chek: id > 0"), "unknown header key 'chek'. Did you mean 'check'"),
    (header("grain: id", "grain: id"), "header key 'grain' stands twice"),
    (header("grain: id", "no key at all"), "the header ends with `key: value` lines; this is none: 'no key at all'"),
    (header("grain: id", sentence="No full stop"), "first line is one sentence that ends in a full stop"),
    (header("label: x"), "no `grain:` line"),
    (header("grain: id", "kind: tabel"), "unknown kind 'tabel'. Did you mean 'table'"),
    (header("grain: id", "members: rows"), "says `members: tables`, `members: tables or none`, `members: formulas`"),
    (header("grain: id", select="{% for x in y %}{% endfor %}"), "only files named _name.sql hold loops"),
    (header("grain: id", "kind: tiled"), "a tiled model names the table of its tiles"),
    (header("grain: id", "kind: iterated"), "an iterated model says when to stop"),
    (header("grain: id", "kind: iterated", "until: true", "at_most: many"), "an iterated model says when to stop"),
    (header("grain: id", "weight: heavy"), "`weight:` is a number, not 'heavy'"),
    (header("grain: id", "priority: first"), "`priority:` is a number, not 'first'"),
    ("/*\n*/\nselect 1", "one sentence"),
])
def test_whatever_is_wrong_is_said_with_the_files_name(read, tmp_path, text, message):
    with pytest.raises(RecsysError, match=message) as error:
        read(text)
    assert str(error.value).startswith(str(tmp_path / "quiet.sql"))


def test_models_may_share_a_part(read, tmp_path):
    (tmp_path / "shared.part").write_text("select 1 as id\n")
    text = header("grain: id", select='{% include "shared.part" %}')
    assert read(text, "_quiet.sql").template == "select 1 as id\n"
    with pytest.raises(RecsysError, match="_quiet.sql: includes shard.part, which is not there. Did you mean 'shared.part'"):
        read(text.replace("shared", "shard"), "_quiet.sql")
