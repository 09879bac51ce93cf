"""Pairs from the Danish catalogues of Debian packages: games and schoolbooks say what manuals do not.

``apt-get download NAME`` fetches a package without installing it; `read_packages` reads a folder of them.
"""

from __future__ import annotations

import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tosprog.models.training.corpora import Pair

# Packages whose catalogues are worth their download, by what they give.
PLACES = ("iso-codes", "kgeography-data")  # countries, provinces, languages: names that have a Danish form
WORDS = (
    "freeciv-data",
    "gbrainy",
    "gnucash-common",
    "gramps",
    "kalzium-data",
    "khangman",
    "kstars-data",
    "tuxpaint-stamps-default",
    "wesnoth-1.16-data",
    "widelands-data",
)
SENTENCES = (
    *(
        "aisleriot",
        "apt",
        "aptitude-common",
        "boinc-manager",
        "coreutils",
        "digikam-data",
        "dpkg",
        "gnupg-l10n",
    ),
    *("homebank-data", "hugin-data", "kmymoney-common", "krita-l10n", "kturtle", "lokalize", "marble-data"),
    *("skrooge-common", "step", "supertux-data", "tellico-data", "warzone2100-data"),
)

_CATALOGUE = re.compile(r"/da/LC_MESSAGES/[^/]+\.mo$|(?:^|/)da\.po$")
_STAMP = re.compile(r"/stamps/.*\.txt$")  # Tux Paint: a line of English, then "da.utf8=" and the Danish
_ACCELERATOR = re.compile(r"[&_](?=\w)")
_SHORT = re.compile(r"[A-Za-z' -]+")
_MIN_WORDS = 5


def _members(package: Path) -> Iterator[tuple[str, bytes]]:
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,  # noqa: S603
        tarfile.open(fileobj=process.stdout, mode="r|") as archive,
    ):
        for member in archive:
            if member.isfile() and (_CATALOGUE.search(member.name) or _STAMP.search(member.name)):
                content = archive.extractfile(member)
                if content is not None:
                    yield member.name, content.read()


def _messages(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    import polib

    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as file:  # polib reads .mo from disk only
        file.write(content)
        file.flush()
        catalogue = polib.mofile(file.name) if name.endswith(".mo") else polib.pofile(file.name)
    for entry in catalogue:
        if getattr(entry, "fuzzy", False):
            continue
        if entry.msgid_plural and entry.msgstr_plural:
            forms = [entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)]
            yield entry.msgid, forms[0]
            yield entry.msgid_plural, forms[-1]
        elif entry.msgstr:
            yield entry.msgid, entry.msgstr


def stamp_of(content: str) -> tuple[str, str] | None:
    r"""The two captions of a Tux Paint stamp.

    Example:
        >>> stamp_of("A red apple.\nda.utf8=Et rødt æble.\nsv.utf8=Ett rött äpple.")
        ('A red apple.', 'Et rødt æble.')
    """
    english, *others = content.splitlines() or [""]
    danish = next((line.removeprefix("da.utf8=") for line in others if line.startswith("da.utf8=")), "")
    return (english, danish) if english and danish else None


def pairs_of(package: str, english: str, danish: str) -> Iterator[Pair]:
    """What of a message is worth learning: paragraphs apart, accelerators out, and no loose interface strings.

    Example:
        >>> [pair.danish for pair in pairs_of("freeciv-data", "Your _city has been taken.", "Din _by er blevet taget.")]
        ['Din by er blevet taget.']
        >>> list(pairs_of("krita-l10n", "Layer mask", "Lagmaske"))
        []
    """
    left, right = english.strip().split("\n\n"), danish.strip().split("\n\n")
    if len(left) != len(right):
        return
    for source, target in zip(left, right, strict=True):
        if "@" in source or "\x04" in source:  # an address; a context in front of the message
            continue
        if package in PLACES:
            yield Pair(" ".join(source.split()), " ".join(target.split()), "places")
            continue
        first, second = (" ".join(_ACCELERATOR.sub("", text).split()) for text in (source, target))
        if package.startswith("tuxpaint"):
            yield Pair(first, second, "stamps")
        elif (len(first.split()) >= _MIN_WORDS and first[-1] in ".!?" and second[-1:] in tuple(".!?")) or (
            package in WORDS and len(first.split()) <= 2 and _SHORT.fullmatch(first)
        ):
            yield Pair(first, second, "catalogues")


def read_packages(folder: Path) -> Iterator[Pair]:
    """The pairs of every ``NAME_VERSION_ARCH.deb`` in the folder that is named above.

    Raises:
        FileNotFoundError: ``dpkg-deb`` is not installed.
    """
    for path in sorted(folder.glob("*.deb")):
        package = path.name.partition("_")[0]
        if package not in (*PLACES, *WORDS, *SENTENCES):
            continue
        for name, content in _members(path):
            if _STAMP.search(name):
                captions = stamp_of(content.decode("utf-8", errors="replace"))
                messages = iter([captions] if captions else [])
            else:
                messages = _messages(name, content)
            for english, danish in messages:
                yield from pairs_of(package, english, danish)
