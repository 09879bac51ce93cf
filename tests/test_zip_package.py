"""Zip packages: what is read, what is refused, and what a package looks like with a member replaced."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.models.errors import FormatError
from tosprog.pipeline import package as package_module
from tosprog.pipeline.package import Package

DATE = (2024, 1, 2, 3, 4, 6)


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, data in members.items():
            out.writestr(zipfile.ZipInfo(name, DATE), data, how)
        out.comment = b"bem\xc3\xa6rk"
    return target.getvalue()


def with_flag(data: bytes, flag: int) -> bytes:
    """The zip with a flag bit set for its first member, in the local and in the central header."""
    changed = bytearray(data)
    changed[6] |= flag
    changed[data.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)


SMALL = {"mimetype": b"application/x", "mappe/æ.xml": "<a>Sø</a>".encode(), "tom/": b""}


def test_members() -> None:
    opened = Package(zipped(SMALL))
    assert opened.names == tuple(SMALL)
    assert "mimetype" in opened
    assert "Mimetype" not in opened
    assert opened.read("mappe/æ.xml").decode() == "<a>Sø</a>"
    with pytest.raises(FormatError, match=r"no word/document\.xml in it"):
        opened.read("word/document.xml")


def test_replaced() -> None:
    data = zipped(SMALL)
    opened = Package(data)
    assert opened.replaced({}) is data
    new = opened.replaced({"mimetype": b"other"})
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(new)) as after:
        for old, one in zip(before.infolist(), after.infolist(), strict=True):
            assert (one.filename, one.date_time, one.external_attr) == (
                old.filename,
                old.date_time,
                old.external_attr,
            )
            assert after.read(one) == (b"other" if one.filename == "mimetype" else before.read(old))
        assert after.comment == before.comment
        assert after.testzip() is None


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_how_members_are_packed_is_kept(how: int) -> None:
    new = Package(zipped({"a": b"x" * 100, "b": b"y"}, how)).replaced({"b": b"z"})
    with zipfile.ZipFile(io.BytesIO(new)) as after:
        assert {info.compress_type for info in after.infolist()} == {how}


ZEROS = bytes(2 * 2**20)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "broken or cut off"),
        (b"Hej", "broken or cut off"),
        (zipped(SMALL)[:-20], "broken or cut off"),
        (zipped(SMALL)[:40], "broken or cut off"),
        (with_flag(zipped(SMALL), 1), "encrypted; open it with its password"),
        (zipped({"a": b"Hej" * 50}, zipfile.ZIP_LZMA), "a is packed in a way that documents are not"),
        (zipped({"bombe.xml": ZEROS}), "bombe.xml would unpack to 2 MB, .* refused as a zip bomb"),
    ],
)
def test_what_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        Package(data)


def test_what_is_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"a": b"0123456789", "b": b"0123456789"})
    with monkeypatch.context() as patch:
        patch.setattr(package_module, "MAX_MEMBERS", 1)
        with pytest.raises(FormatError, match="holds 2 members, at most 1"):
            Package(data)
    with monkeypatch.context() as patch:
        patch.setattr(package_module, "MAX_MEMBER_BYTES", 9)
        with pytest.raises(FormatError, match="refused as a zip bomb"):
            Package(data)
    with monkeypatch.context() as patch:
        patch.setattr(package_module, "MAX_TOTAL_BYTES", 19)
        with pytest.raises(FormatError, match="at most 0 MB are read"):
            Package(data)


def test_a_size_that_is_a_lie_is_found_out() -> None:
    data = zipped({"a": ZEROS})
    size = len(ZEROS).to_bytes(4, "little")
    lying = data.replace(size, (10).to_bytes(4, "little"))
    assert lying != data
    opened = Package(lying)
    with pytest.raises(FormatError, match="a in it is damaged"):
        opened.read("a")


def test_of_two_members_of_one_name_the_last_is_kept() -> None:
    target = io.BytesIO(zipped({"a": b"1", "b": b"2"}))
    with zipfile.ZipFile(target, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr("a", b"3")
    opened = Package(Package(target.getvalue()).replaced({"b": b"4"}))
    assert opened.names == ("a", "b")
    assert (opened.read("a"), opened.read("b")) == (b"3", b"4")


def test_a_damaged_member_is_named() -> None:
    data = bytearray(zipped({"a.xml": b"Hej med dig, hvordan har du det i dag?"}, zipfile.ZIP_STORED))
    data[60] ^= 0xFF
    with pytest.raises(FormatError, match=r"a\.xml in it is damaged"):
        Package(bytes(data)).read("a.xml")


@settings(max_examples=100)
@given(st.data())
def test_any_damage_is_an_error_of_ours(data: st.DataObject) -> None:
    whole = bytearray(zipped(SMALL))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        opened = Package(bytes(whole))
        for name in opened.names:
            opened.read(name)
        opened.replaced({opened.names[0]: b"x"} if opened.names else {})
    except FormatError:
        pass
