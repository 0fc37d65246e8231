"""Every worked example beside the models, as a test of its own."""

import pytest

from recsys.library import load_library
from recsys.spec import Example, read_spec


def all_examples() -> list[Example]:
    return [example for path in sorted(load_library().root.glob("*/*.spec.md")) for example in read_spec(path)]


@pytest.mark.parametrize("example", all_examples(), ids=lambda example: example.id)
def test_example_holds(spec_runner, example):
    difference = spec_runner.check(example)
    assert difference is None, difference
