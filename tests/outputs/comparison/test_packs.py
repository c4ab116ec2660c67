"""Two packs compared: zones, people, reasons, in what the runs differ; what can't be compared is refused."""

import dataclasses

import pytest

from ptreach.config import Origin
from ptreach.errors import InputError
from ptreach.outputs.comparison.packs import compare_packs, read_pack
from ptreach.outputs.paperwork.manifest import NAME


def compared(first, second, **options):
    return compare_packs(read_pack(first), read_pack(second), **options)


def test_zones_by_hand(report):
    # seconds before: 899, 900, 1799, 2000, none; after: 1019, 900, none, 800, 3660
    row = report.comparison.shown_at
    assert report.comparison.shown == 50
    assert report.comparison.cutoffs_min == (15, 30)
    assert (row.both, row.only_first, row.only_second, row.neither) == (3, 1, 1, 0)
    assert row.quantiles_s[0] == -1200
    assert row.quantiles_s[-1] == 120
    worst = [(pair.to_id, pair.name, pair.first_s, pair.second_s) for pair in report.comparison.worst]
    assert worst == [("E01000004", "Ryde 4", 2000, 800), ("E01000001", "Ryde 1", 899, 1019)]
    (lost,), (gained,) = report.comparison.only_first, report.comparison.only_second
    assert (lost.name, lost.first_note, lost.second_note) == ("Llŷn 3", "", "no service")
    assert (gained.name, gained.first_note, gained.second_note) == ("Ryde 5", "off network", "")


def test_people_move_between_bands(report):
    # 100 people a zone; bands under 15, 15 to 30, beyond, not reached
    assert report.pack.people.tolist() == [
        [0, 100, 0, 0],
        [0, 100, 0, 100],
        [100, 0, 0, 0],
        [0, 0, 100, 0],
    ]
    assert report.pack.overlap == "Both have the same 5 zones."


def test_the_map_has_each_zone_with_its_difference(report):
    places = report.places
    assert places.names[3] == "Ryde 4"
    assert places.difference_s[:2].tolist() == [120, 0]
    assert places.reached.tolist() == [[True, True], [True, True], [True, False], [True, True], [False, True]]
    assert places.origin_m[0] == pytest.approx(459_150, abs=100)


def test_zones_of_one_pack_alone_are_told_and_left_out(pack):
    report = compared(pack("a"), pack("b", change=lambda zones: zones.iloc[2:]))
    assert report.comparison.shown_at.both == 2
    assert report.pack.overlap == "3 zones are in both and compared; 2 are in A only, 0 in B only."


def test_in_what_the_runs_differ_is_told(pack, town, facts):
    preset = town.preset.model_copy(update={"walk_speed_kph": 4.0, "cutoffs_min": (15, 30)})
    bus, *others = facts.sources
    other_facts = {
        "network_digest": "ee" * 32,
        "rules": {**facts.rules, "board_slack_s": 0},
        "engine": "r5",
        "sources": (dataclasses.replace(bus, sha256="0123456789abcdef" * 4, date="2026-01"), *others),
    }
    first, second = pack("a"), pack("b", of_town={"preset": preset}, of_facts=other_facts)
    report = compared(first, second)
    assert [tuple(row) for row in report.pack.unlike] == [
        ("walking speed, km/h", "4.8", "4"),
        ("engine", "raptor", "r5"),
        ("rule board_slack_s", "60", "0"),
        ("network", f"isle {'cd' * 32}", f"isle {'ee' * 32}"),
        ("gtfs: Title of bus.zip", "none", "bus.zip, 2026-01, 0123456789ab"),
    ]
    assert compared(first, first).pack.unlike == ()


def test_a_changed_file_stands_beside_the_one_before(pack, facts):
    bus, *others = facts.sources
    changes = [
        dataclasses.replace(bus, sha256=letter * 64, date=date) for letter, date in (("1", "x"), ("2", "y"))
    ]
    first, second = (
        pack(name, of_facts={"sources": (change, *others)})
        for name, change in zip("ab", changes, strict=True)
    )
    (row,) = compared(first, second).pack.unlike
    assert row == ("gtfs: Title of bus.zip", f"bus.zip, x, {'1' * 12}", f"bus.zip, y, {'2' * 12}")


def test_another_place_or_way_is_warned_of(pack, town):
    moved = {
        "origin": Origin(lon=-1.2, lat=50.7, source=""),
        "preset": town.preset.model_copy(update={"direction": "to"}),
    }
    notes = " ".join(compared(pack("a"), pack("b", of_town=moved)).notes)
    assert "points differ" in notes
    assert "the other of journeys to it" in notes


def test_cutoffs_that_differ_give_way_to_the_usual_ones(pack, town):
    other = {"preset": town.preset.model_copy(update={"cutoffs_min": (15, 30)})}
    same = compared(pack("a"), pack("b", of_town=other))
    assert same.comparison.cutoffs_min == (15, 30)
    assert compared(pack("c"), pack("d"), cutoffs_min=(20,)).comparison.cutoffs_min == (20,)


def test_cutoffs_that_differ_in_the_manifests(pack, edit_manifest):
    second = pack("b")
    edit_manifest(second, lambda content: content["query"].update(cutoffs_min=[10, 20]))
    assert compared(pack("a"), second).comparison.cutoffs_min == (15, 30, 45, 60)


def test_editions_never_meet(pack, edit_manifest):
    second = pack("b")
    edit_manifest(second, lambda content: content["areas"].update(edition="LSOA 2021"))
    with pytest.raises(InputError, match=r"different editions: .* and LSOA 2021\. Make one again"):
        compared(pack("a"), second)


def test_packs_with_nothing_in_common_are_refused(pack):
    def elsewhere(zones):
        return zones.assign(zone_id=[f"E0200000{i}" for i in range(5)])

    with pytest.raises(InputError, match="no zone is in both packs"):
        compared(pack("a"), pack("b", change=elsewhere))


def test_what_is_no_pack_of_a_town_is_refused(pack, tmp_path, edit_manifest):
    with pytest.raises(InputError, match=f"no pack .{NAME}"):
        read_pack(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        read_pack(tmp_path / "nosuch")
    profile = pack("profile")
    edit_manifest(profile, lambda content: content.pop("query"))
    with pytest.raises(InputError, match="no 'query': no town's pack"):
        read_pack(profile)
    lost = pack("lost")
    (lost / "layers" / "ryde-zones.parquet").unlink()
    with pytest.raises(InputError, match=r"ryde-zones\.parquet: its layer of zones is missing"):
        read_pack(lost)
    (lost / "layers" / "ryde-zones.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match=r"ryde-zones\.parquet: not readable"):
        read_pack(lost)
    other = pack("other")
    edit_manifest(other, lambda content: content["areas"].update(id_column="lsoa21cd"))
    with pytest.raises(InputError, match="no column 'lsoa21cd'"):
        read_pack(other)


@pytest.mark.parametrize("key", ["town", "areas", "query", "inputs", "network", "rules", "libraries"])
@pytest.mark.parametrize("value", [None, 7, "x", [1], [{}]])
def test_a_manifest_that_is_damaged_is_refused(pack, edit_manifest, key, value):
    folder = pack("a")
    edit_manifest(folder, lambda content: content.update({key: value}))
    with pytest.raises(InputError, match=f"manifest has no '{key}'"):
        read_pack(folder)


@pytest.mark.parametrize("key", ["query", "network", "rules", "libraries"])
def test_a_manifest_that_says_less_is_compared_all_the_same(pack, edit_manifest, key):
    second = pack("b")
    edit_manifest(second, lambda content: content.update({key: {}}))
    assert compared(pack("a"), second).pack.unlike


@pytest.mark.parametrize("slug", ["../../elsewhere/layers/ryde", "..\\..\\elsewhere\\layers\\ryde"])
def test_a_manifest_can_name_no_file_outside_its_pack(pack, edit_manifest, slug):
    pack("elsewhere")
    folder = pack("here")
    path = folder / "layers" / "ryde-zones.parquet"
    whole = read_pack(folder).zones
    edit_manifest(folder, lambda content: content["town"].update(slug=slug))
    assert read_pack(folder).zones.equals(whole)  # the name is taken, the way there is not
    path.unlink()
    with pytest.raises(InputError, match="layer of zones is missing"):
        read_pack(folder)
    path.symlink_to(folder.parent / "elsewhere" / "layers" / "ryde-zones.parquet")
    with pytest.raises(InputError, match="layer of zones is missing"):
        read_pack(folder)
