"""SAR against the figures that Microsoft Recommenders' notebook publishes; needs MovieLens 100K, which is not bundled."""

import pytest
from benchmarks.accuracy import FILMS, movielens_100k
from benchmarks.sar import PUBLISHED, WITHOUT_DECAY, with_decay, without_decay

HINT = "python -m tests.benchmarks.sar fetches MovieLens 100K"


@pytest.fixture(scope="module")
def ratings():
    if not FILMS.exists():
        pytest.skip(f"needs {FILMS}: {HINT}")
    return movielens_100k()


@pytest.mark.slow
def test_sar_is_the_published_one_to_six_digits(ratings):
    assert {name: round(value, 6) for name, value in with_decay(ratings).items()} == PUBLISHED


@pytest.mark.slow
def test_sar_without_decay_is_the_measured_one(ratings):
    assert {name: round(value, 4) for name, value in without_decay(ratings).items()} == WITHOUT_DECAY
