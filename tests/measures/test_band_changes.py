import numpy as np

from ptreach.measures.band_changes import all_band_labels, cross_bands

NAN = np.nan


def test_every_band_has_its_row_and_column_and_cutoffs_are_strict():
    # 899 s is under 15 minutes, 900 s is not
    first = np.array([899, 899, 900, 1800, NAN, NAN])
    second = np.array([899, 900, NAN, 1800, 0, NAN])
    assert all_band_labels((15, 30)) == ("under 15 min", "15 to 30 min", "30 min or more", "not reached")
    assert cross_bands(first, second, (15, 30)).tolist() == [
        [1, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
        [1, 0, 0, 1],
    ]


def test_people_count_in_place_of_pairs():
    table = cross_bands([60.0, 60.0], [60.0, NAN], (15,), [120.5, 30])
    assert table.tolist() == [[120.5, 0, 30], [0, 0, 0], [0, 0, 0]]
    assert cross_bands([], [], (15,)).sum() == 0
