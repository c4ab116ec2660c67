"""Deliveries as they come: names of either style, line ends, and what is refused, cut or mutated."""

import random
import zipfile

import pytest

from cif_cards import (
    MSN_HEADING,
    STATIONS,
    ZTR_HD,
    ZZ,
    bs,
    converted,
    hd,
    plain_train,
    tables_of,
    write_delivery,
    write_zip,
)
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.cif import delivery as delivery_module
from ptreach.sources.cif.convert import convert
from ptreach.sources.gtfs import read_timetables

MCA = "\n".join([hd(), *plain_train(), ZZ, ""])
MSN = "\n".join([MSN_HEADING, *STATIONS, ""])


def refused(folder, texts):
    """The error for a zip of these files; nothing is written."""
    path = write_zip(folder / "delivery.zip", texts)
    with pytest.raises(InputError) as caught:
        convert(path, folder / "rail.zip", no_progress)
    assert caught.value.remedy
    assert str(path) in caught.value.where
    assert sorted(item.name for item in folder.iterdir()) == ["delivery.zip"]
    return str(caught.value)


@pytest.mark.parametrize(
    ("mca", "msn"),
    [
        ("example.mca", "ttisf585.msn"),
        ("RJTTF918.MCA", "RJTTF918.MSN"),
        ("RJTTF942MCA.txt", "RJTTF942MSN.txt"),
        ("folder/rjttf942mca.TXT", "folder/RJTTF942MSN.TXT"),
    ],
)
def test_files_are_known_by_the_end_of_their_names(tmp_path, mca, msn):
    others = {"RJTTF942DAT.txt": "/!! RJTTF942MCA", "ttisf585.set": "UCFCATE", "__MACOSX/._example.mca": "x"}
    path = write_zip(tmp_path / "delivery.zip", {mca: MCA, msn: MSN, **others})
    assert convert(path, tmp_path / "rail.zip", no_progress).trips == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.removesuffix("\n"),
        lambda text: "\ufeff".encode().decode("latin-1") + text,
        lambda text: "/!! a comment\n/!! another\n" + text,
        lambda text: text + "\n\n",
        lambda text: "\n".join(line.rstrip() for line in text.split("\n")),
    ],
)
def test_line_ends_comments_and_cut_blanks_do_not_matter(tmp_path, change):
    plain = write_zip(tmp_path / "plain.zip", {"a.mca": MCA, "a.msn": MSN})
    other = write_zip(tmp_path / "other.zip", {"a.mca": change(MCA), "a.msn": change(MSN)})
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    assert convert(plain, one, no_progress) == convert(other, two, no_progress)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("size", [3, 80, 81, 100])
def test_lines_that_lie_across_blocks_are_put_together(tmp_path, monkeypatch, size):
    path = write_delivery(tmp_path / "delivery.zip", plain_train())
    report = convert(path, tmp_path / "one.zip", no_progress)
    monkeypatch.setattr(delivery_module, "_BLOCK_BYTES", size)
    assert convert(path, tmp_path / "two.zip", no_progress) == report
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_letter_outside_ascii_shifts_no_column(tmp_path):
    msn = MSN.replace("AYE  ", "AYÉ  ")
    path = write_zip(tmp_path / "delivery.zip", {"a.mca": MCA, "a.msn": msn})
    convert(path, tmp_path / "rail.zip", no_progress)
    assert {row["stop_name"] for row in tables_of(tmp_path / "rail.zip")["stops"]} == {"AYÉ", "CEE"}


def test_control_characters_in_names_become_blanks(tmp_path):
    msn = MSN.replace("    AYE  ", "    A\x00\rE ", 1)
    path = write_zip(tmp_path / "delivery.zip", {"a.mca": MCA, "a.msn": msn})
    convert(path, tmp_path / "rail.zip", no_progress)
    assert read_timetables([tmp_path / "rail.zip"]).stop_names == ("A  E", "CEE")


@pytest.mark.parametrize("missing", ["mca", "msn"])
def test_a_missing_file_is_named(tmp_path, missing):
    texts = {"a.mca": MCA, "a.msn": MSN}
    del texts[f"a.{missing}"]
    assert f"no file .{missing}" in refused(tmp_path, texts)


def test_a_file_twice_is_named(tmp_path):
    assert "2 files are .mca: a.mca and b.mca" in refused(
        tmp_path, {"a.mca": MCA, "b.mca": MCA, "a.msn": MSN}
    )


def test_a_delivery_of_changes_is_refused(tmp_path):
    assert "RJTTC1.CFA: holds changes only" in refused(
        tmp_path, {"RJTTC1.CFA": MCA, "a.msn": MSN, "a.mca": MCA}
    )


@pytest.mark.parametrize(
    ("mca", "what"),
    [
        (MCA.replace(hd(), hd("U")), "line 1: is an update (HD 'U')"),
        (MCA.replace(hd(), hd(" ")), "line 1: is no full extract"),
        (MCA.replace(hd(), "HD"), "line 1: is no full extract"),
        (MCA.replace(hd(), hd(first="311126")), "line 1: HD: '311126' is no date ddmmyy"),
        (MCA.replace(hd(), ""), "line 1: does not begin with a record HD"),
        (MCA.encode("utf-16"), "line 1: does not begin with a record HD"),
        ("", "ends without its end record ZZ"),
        (MCA.replace(ZZ, ""), "line 6: ends without its end record ZZ"),
        (MCA[: len(MCA) // 2], "ends without its end record ZZ"),
        (MCA + bs(), "line 7: goes on after its end record ZZ"),
        (hd() + "\n" + "x" * 3_000_000, "line 2: a line goes on and on"),
        (f"{hd()}\n{ZZ}\n", "no schedule (BS) in it"),
        (f"{hd()}\n{bs(stp='C')}\n{ZZ}\n", "nothing runs between two stations"),
    ],
)
def test_what_is_no_whole_timetable_is_refused_with_its_line(tmp_path, mca, what):
    assert what in refused(tmp_path, {"a.mca": mca, "a.msn": MSN})


def test_a_ztr_cut_short_is_refused(tmp_path):
    assert "a.ztr, line 2: ends without" in refused(
        tmp_path, {"a.mca": MCA, "a.msn": MSN, "a.ztr": f"{ZTR_HD}\n{bs()}"}
    )


def test_what_is_no_zip_is_refused(tmp_path):
    for content in (b"", b"HD", MCA.encode()):
        path = tmp_path / "delivery.zip"
        path.write_bytes(content)
        with pytest.raises(InputError, match="not readable as a zip"):
            convert(path, tmp_path / "rail.zip", no_progress)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(delivery_module, "_MAX_UNPACKED_BYTES", 100)
    assert "unpacks to" in refused(tmp_path, {"a.mca": MCA, "a.msn": MSN})


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """A delivery of some size, to be damaged: its bytes."""
    schedules = [plain_train(uid=f"Y{number:05d}") for number in range(300)]
    return write_delivery(tmp_path_factory.mktemp("whole") / "delivery.zip", *schedules).read_bytes()


def test_a_zip_cut_short_is_refused_wherever_it_is_cut(tmp_path, damaged):
    path = tmp_path / "delivery.zip"
    for size in range(0, len(damaged), len(damaged) // 40):
        path.write_bytes(damaged[:size])
        with pytest.raises(InputError, match="not readable"):
            convert(path, tmp_path / "rail.zip", no_progress)


def test_an_entry_without_a_name_is_none_of_its_files(tmp_path):
    path = write_zip(tmp_path / "delivery.zip", {"a.mca": MCA, "a.msn": MSN, "NAME": "x"})
    path.write_bytes(path.read_bytes().replace(b"NAME", bytes(4)))  # names end at a NUL
    with zipfile.ZipFile(path) as archive:
        assert "" in archive.namelist()
    assert convert(path, tmp_path / "rail.zip", no_progress).trips == 1


def test_a_zip_with_a_wrong_byte_is_refused_or_read_whole(tmp_path, damaged):
    chance = random.Random(1)
    path = tmp_path / "delivery.zip"
    refusals = 0
    for _ in range(150):
        content = bytearray(damaged)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            assert convert(path, tmp_path / "rail.zip", no_progress).trips == 300
        except InputError:
            refusals += 1
    assert refusals > 50


def test_an_encrypted_zip_is_refused(tmp_path):
    path = write_zip(tmp_path / "delivery.zip", {"a.mca": MCA, "a.msn": MSN})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # flags of each entry: bit 0
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    path.write_bytes(content)
    with pytest.raises(InputError, match="not readable"):
        convert(path, tmp_path / "rail.zip", no_progress)


def test_progress_is_told_of_every_file_and_ends(tmp_path):
    told = []
    path = write_delivery(tmp_path / "d.zip", plain_train(), ztr=[ZTR_HD, ZZ])
    convert(path, tmp_path / "rail.zip", lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == [
        "read ttisf001.mca",
        "read ttisf001.ztr",
        "write",
    ]
    for stage in {stage for stage, _, _ in told}:
        steps = [(done, total) for name, done, total in told if name == stage]
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
        assert [done >= total for done, total in steps].count(True) == 1
        assert steps[-1][0] == steps[-1][1]


def test_a_zip64_and_stored_delivery_is_read(tmp_path):
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, text in (("a.mca", MCA), ("a.msn", MSN)):
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(text.encode())
    assert convert(path, tmp_path / "rail.zip", no_progress).trips == 1


def test_two_conversions_are_the_same_bytes_wherever_they_lie(tmp_path):
    schedules = [plain_train(uid=f"Y{number:05d}") for number in range(5)]
    contents = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        contents.add(converted(tmp_path / name, *schedules).path.read_bytes())
    assert len(contents) == 1
