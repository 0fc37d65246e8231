"""Expected ratings beside Surprise's on a fold of MovieLens 100K, which is not bundled."""

import pytest
from benchmarks.accuracy import FILMS, movielens_100k
from benchmarks.expected import folds, ours, theirs

HINT = "python -m tests.benchmarks.expected fetches MovieLens 100K"


@pytest.mark.slow
@pytest.mark.parametrize("by_user", [True, False])
def test_errors_are_those_of_surprise_within_a_thousandth(by_user):
    """KNNBasic, KNNWithMeans and KNNBaseline by each measure."""
    pytest.importorskip("surprise", reason="needs scikit-surprise (extra bench)")
    if not FILMS.exists():
        pytest.skip(f"needs {FILMS}: {HINT}")
    ratings = movielens_100k()
    held_out = next(folds(ratings))
    ways = [(algorithm, measure) for algorithm in ("KNNBasic", "KNNWithMeans") for measure in ("msd", "cosine", "pearson")]
    ways += [("KNNBaseline", "pearson_baseline")]
    for way, error in ours(ratings, held_out, ways, by_user).items():
        assert error == pytest.approx(theirs(ratings, held_out, *way, by_user), abs=0.001), way
