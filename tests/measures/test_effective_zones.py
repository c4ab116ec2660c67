import numpy as np
import pytest
from scipy import stats

from ptreach.measures import effective_zones as module
from ptreach.measures.effective_zones import (
    Known,
    autocorrelations_by_distance,
    class_bounds,
    effective_zones,
    p_of_correlation,
)


def distances(xy_m):
    return np.hypot(*(xy_m[:, None] - xy_m[None]).transpose(2, 0, 1))


def of_all(values, xy_m, bounds_m):
    """The autocorrelogram of variables that are known of all zones."""
    known = np.ones(len(values), dtype=bool)
    return autocorrelations_by_distance([Known(known, values)], xy_m, bounds_m)[0]


def fields(rng, zones_n, variables_n, length):
    """Gaussian fields in a unit square, correlation exp(-distance / length), and where their zones lie."""
    xy_m = rng.random((zones_n, 2))
    covariance = np.exp(-distances(xy_m) / length) + 1e-9 * np.eye(zones_n)
    return xy_m, np.linalg.cholesky(covariance) @ rng.normal(size=(zones_n, variables_n))


def by_whole_matrices(values, xy_m, bounds_m):
    """The effective number by the formula as it is printed, on matrices of zones by zones."""
    n, variables_n = values.shape
    z = (values - values.mean(axis=0)) / values.std(axis=0)
    in_class = np.digitize(distances(xy_m), bounds_m, right=True).clip(max=len(bounds_m) - 1)
    np.fill_diagonal(in_class, -1)
    centring = np.eye(n) - 1 / n
    centred = []
    for v in range(variables_n):
        matrix = np.eye(n)
        for k in range(len(bounds_m)):
            there = in_class == k
            if there.any():
                matrix[there] = np.outer(z[:, v], z[:, v])[there].mean()
        centred.append(centring @ matrix)
    return np.array([[1 + np.trace(x) * np.trace(y) / np.trace(x @ y) for y in centred] for x in centred])


def test_three_zones_in_a_line_by_hand():
    # x = -1 0 1, variance 2/3. Neighbours: products 0, so 0; the ends: -1 / (2/3) = -1.5.
    # R = (1 0 -1.5, 0 1 0, -1.5 0 1): its sum 0, tr R = 3, tr RR = 3 + 2 * 2.25 = 7.5, rows -0.5 1 -0.5,
    # 1'RR1 = 1.5, so v = (7.5 - 2/3 * 1.5) / 9 = 6.5 / 9 and M = 1 + 9 / 6.5.
    found = of_all(
        np.array([[-1.0], [0.0], [1.0]]), np.array([[0.0, 0], [1, 0], [2, 0]]), np.array([1.0, 2.0])
    )
    np.testing.assert_allclose(found.correlation[:, 0], [0, -1.5, 1], atol=1e-15)
    assert found.pairs_n.tolist() == [4, 2, 3]
    assert effective_zones(found)[0, 0] == pytest.approx(1 + 9 / 6.5)


def test_effective_zones_are_those_of_spatialpack():
    """The number is from the C routine of R's SpatialPack 0.3-8196 (modified.ttest), 13 classes."""
    i = np.arange(60)
    xy_m = np.stack([(37 * i) % 101, (61 * i * i + 7 * i) % 97], axis=1).astype(float)
    x = xy_m[:, 0] + (i * i) % 11
    y = xy_m[:, 1] ** 2 / 40 + xy_m[:, 0] - (3 * i) % 13
    bounds_m = distances(xy_m).max() * np.arange(1, 14) / 13
    found = of_all(np.stack([x, y], axis=1), xy_m, bounds_m)
    assert found.pairs_n[:-1].tolist() == [*[92, 212, 364, 428, 444, 460, 494, 346, 302, 200, 114, 54, 30]]
    np.testing.assert_allclose(found.correlation[0], [0.933120484802, 0.836006130016], rtol=1e-11)
    assert effective_zones(found)[0, 1] == pytest.approx(5.69998375901221, rel=1e-12)


def test_sums_over_classes_are_traces_of_whole_matrices(monkeypatch):
    rng = np.random.default_rng(2)
    xy_m, values = fields(rng, 50, 4, 0.3)
    bounds_m = class_bounds(xy_m, 9)
    whole = by_whole_matrices(values, xy_m, bounds_m)
    np.testing.assert_allclose(effective_zones(of_all(values, xy_m, bounds_m)), np.minimum(whole, 50))
    monkeypatch.setattr(module, "PAIRS_AT_ONCE", 170)  # three rows at a time, two in the last block
    np.testing.assert_allclose(effective_zones(of_all(values, xy_m, bounds_m)), np.minimum(whole, 50))


def test_groups_with_gaps_of_their_own_are_as_if_the_other_zones_were_not_there(monkeypatch):
    rng = np.random.default_rng(5)
    xy_m, values = fields(rng, 60, 3, 0.3)
    bounds_m = class_bounds(xy_m, 8)
    masks = [np.arange(60) > 9, rng.random(60) < 0.7, np.ones(60, dtype=bool)]
    columns = [[0], [0, 1, 2], [1, 2]]
    monkeypatch.setattr(module, "SUMS_AT_ONCE", 1000)  # eleven rows at a time
    groups = [Known(mask, values[mask][:, v]) for mask, v in zip(masks, columns, strict=True)]
    for group, found in zip(groups, autocorrelations_by_distance(groups, xy_m, bounds_m), strict=True):
        zones_n = int(group.known.sum())
        assert found.zones_n == zones_n
        whole = by_whole_matrices(group.values, xy_m[group.known], bounds_m)
        np.testing.assert_allclose(effective_zones(found), np.minimum(whole, zones_n))


def test_zones_at_one_place_count_as_near():
    xy_m = np.zeros((4, 2))
    found = of_all(np.arange(4.0)[:, None], xy_m, class_bounds(xy_m, 3))
    assert found.pairs_n.tolist() == [12, 0, 0, 4]


def test_classes_widen_and_end_at_the_diagonal():
    bounds_m = class_bounds(np.array([[0.0, 0.0], [30.0, 40.0], [10.0, 0.0]]), 4)
    np.testing.assert_allclose(bounds_m, [50 / 16, 50 / 4, 50 * 9 / 16, 50])


@pytest.mark.parametrize("classes", [0, 255])
def test_classes_that_cannot_be_counted_are_refused(classes):
    with pytest.raises(ValueError, match="1 to 254"):
        of_all(np.zeros((2, 1)), np.zeros((2, 2)), np.arange(1.0, classes + 1))


def test_a_variable_that_is_the_same_everywhere_has_no_effective_zones_and_spoils_no_other():
    xy_m, values = fields(np.random.default_rng(4), 40, 2, 0.2)
    alone = effective_zones(of_all(values, xy_m, class_bounds(xy_m)))
    flat = np.column_stack([values, np.full(40, 0.1)])
    found = effective_zones(of_all(flat, xy_m, class_bounds(xy_m)))
    np.testing.assert_allclose(found[:2, :2], alone)
    assert np.isnan(found[2]).all()
    assert np.isnan(found[:, 2]).all()


@pytest.mark.parametrize("ranked", [False, True])
@pytest.mark.parametrize("length", [0.05, 0.2])
def test_unrelated_smooth_fields_are_rejected_as_often_as_the_test_says(ranked, length):
    rng = np.random.default_rng(20)
    naive, spatial = [], []
    above = np.triu_indices(20, 1)
    for _ in range(12):
        xy_m, values = fields(rng, 250, 20, length)
        if ranked:
            values = stats.rankdata(values, axis=0)
        r = np.corrcoef(values.T)[above]
        effective = effective_zones(of_all(values, xy_m, class_bounds(xy_m)))[above]
        naive.append(p_of_correlation(r, 250) < 0.05)
        spatial.append(p_of_correlation(r, effective) < 0.05)
    print(f"rejected at 5 %: naive {np.mean(naive):.3f}, spatial {np.mean(spatial):.3f}")
    assert np.mean(naive) > {0.05: 0.13, 0.2: 0.4}[length]
    assert 0.03 < np.mean(spatial) < 0.075


def test_smooth_fields_that_are_related_are_found():
    rng = np.random.default_rng(21)
    found = []
    for _ in range(20):
        xy_m, values = fields(rng, 200, 2, 0.1)
        values[:, 1] = 0.7 * values[:, 0] + 0.5 * values[:, 1]
        effective = effective_zones(of_all(values, xy_m, class_bounds(xy_m)))[0, 1]
        assert effective < 150
        found.append(p_of_correlation(np.corrcoef(values.T)[0, 1], effective) < 0.05)
    assert np.mean(found) == 1


def test_without_autocorrelation_p_is_that_of_permutations():
    rng = np.random.default_rng(8)
    xy_m, x = rng.random((80, 2)), rng.normal(size=80)
    y = 0.2 * x + rng.normal(size=80)
    effective = effective_zones(of_all(stats.rankdata([x, y], axis=1).T, xy_m, class_bounds(xy_m)))[0, 1]
    shuffled = stats.permutation_test(
        (x,),
        lambda shuffle: stats.spearmanr(shuffle, y).statistic,
        permutation_type="pairings",
        n_resamples=2999,
        rng=np.random.default_rng(1),
    )
    assert 0.01 < shuffled.pvalue < 0.6
    assert p_of_correlation(shuffled.statistic, effective) == pytest.approx(shuffled.pvalue, abs=0.03)


def test_p_of_all_zones_is_scipys():
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(2, 25))
    theirs = stats.spearmanr(x, y)
    assert p_of_correlation(theirs.statistic, 25) == pytest.approx(theirs.pvalue)


def test_p_at_its_ends():
    p = p_of_correlation([1, -1, 0, 0.9, 0.9, 1, np.nan, 0.5], [10, 10, 10, 2, 1.5, 2, 10, np.nan])
    np.testing.assert_array_equal(p, [0, 0, 1, 1, 1, 1, np.nan, np.nan])
