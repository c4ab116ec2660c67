import io
import zipfile

from ptreach.zips import dateless_entry, without_dates


def a_zip(date_time, system):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in (("mimetype", b"application/x"), ("b.xml", b"<b/>" * 100), ("a.xml", b"<a/>")):
            item = zipfile.ZipInfo(name, date_time)
            item.create_system = system
            item.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(item, content)
    return data.getvalue()


def test_zips_of_other_days_and_systems_become_the_same():
    one, two = a_zip((2024, 5, 6, 7, 8, 10), 3), a_zip((2031, 1, 1, 0, 0, 0), 0)
    assert one != two
    assert without_dates(one) == without_dates(two)


def test_files_keep_their_order_and_content_and_the_mimetype_is_plain():
    with zipfile.ZipFile(io.BytesIO(without_dates(a_zip((2024, 5, 6, 7, 8, 10), 3)))) as archive:
        assert archive.namelist() == ["mimetype", "b.xml", "a.xml"]
        assert archive.read("b.xml") == b"<b/>" * 100
        kinds = {item.filename: item.compress_type for item in archive.infolist()}
        dates = {item.date_time for item in archive.infolist()}
    assert kinds == {
        "mimetype": zipfile.ZIP_STORED,
        "b.xml": zipfile.ZIP_DEFLATED,
        "a.xml": zipfile.ZIP_DEFLATED,
    }
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_content_can_be_rewritten_by_name():
    changed = without_dates(
        a_zip((2024, 5, 6, 7, 8, 10), 3), lambda name, content: b"new" if name == "a.xml" else content
    )
    with zipfile.ZipFile(io.BytesIO(changed)) as archive:
        assert archive.read("a.xml") == b"new"
        assert archive.read("mimetype") == b"application/x"


def test_an_entry_names_no_system():
    entry = dateless_entry("stops.txt")
    assert (entry.create_system, entry.external_attr >> 16) == (3, 0o644)
