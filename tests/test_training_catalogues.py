from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import polib
import pytest

from tosprog.models.training.catalogues import pairs_of, read_packages, stamp_of
from tosprog.models.training.corpora import Pair


@pytest.mark.parametrize(
    ("package", "english", "danish", "pairs"),
    [
        (
            "gramps",
            "The _name of the family is long.",
            "_Familiens navn er langt.",
            ["Familiens navn er langt."],
        ),
        ("gramps", "Great aunt", "Grandtante", ["Grandtante"]),
        ("gramps", "Save &As", "Gem &som", ["Gem som"]),
        ("krita-l10n", "Layer mask", "Lagmaske", []),
        ("apt", "Packages were downgraded and so on", "Pakker blev nedgraderet og så videre", []),
        ("kgeography-data", "South_Jutland", "Sønder_jylland", ["Sønder_jylland"]),
        (
            "widelands-data",
            "This is the first part.\n\nThis is the second part.",
            "Det er første del.\n\nDet er anden del.",
            ["Det er første del.", "Det er anden del."],
        ),
        ("widelands-data", "This is one part of it.\n\nAnd another.", "Det er det hele i ét.", []),
        ("gramps", "Write to me@example.org for more help.", "Skriv til me@example.org for hjælp.", []),
    ],
)
def test_what_is_worth_learning(package: str, english: str, danish: str, pairs: list[str]) -> None:
    assert [pair.danish for pair in pairs_of(package, english, danish)] == pairs


def test_stamps() -> None:
    assert stamp_of("A fox.\nsv.utf8=En räv.\nda.utf8=En ræv.\n") == ("A fox.", "En ræv.")
    assert stamp_of("A fox.\nsv.utf8=En räv.\n") is None
    assert stamp_of("") is None


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_a_package(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("DEBIAN", "usr/share/locale/da/LC_MESSAGES", "usr/share/locale/sv/LC_MESSAGES"):
        (root / folder).mkdir(parents=True)
    control = "Package: freeciv-data\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: x\n"
    (root / "DEBIAN" / "control").write_text(control)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid="Your city has been taken.", msgstr="Din by er blevet taget."))
    catalogue.append(
        polib.POEntry(
            msgid="The city has one wall left.",
            msgid_plural="The city has many walls left.",
            msgstr_plural={0: "Byen har én mur tilbage.", 1: "Byen har mange mure tilbage."},
        )
    )
    catalogue.save_as_mofile(str(root / "usr/share/locale/da/LC_MESSAGES/freeciv.mo"))
    (root / "usr/share/locale/sv/LC_MESSAGES/freeciv.mo").write_bytes(b"not looked at")
    for name in ("freeciv-data_1_all.deb", "unknown_1_all.deb"):
        command = ["dpkg-deb", "--build", "--root-owner-group", str(root), str(tmp_path / name)]
        subprocess.run(command, check=True, capture_output=True)
    found = list(read_packages(tmp_path))
    assert found == [
        Pair("The city has one wall left.", "Byen har én mur tilbage.", "catalogues"),
        Pair("The city has many walls left.", "Byen har mange mure tilbage.", "catalogues"),
        Pair("Your city has been taken.", "Din by er blevet taget.", "catalogues"),
    ]
