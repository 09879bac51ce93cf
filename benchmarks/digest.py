"""Whether the themes of a digest are those that people sorted the texts into, and whether it finds translations.

    curl -O http://deb.debian.org/debian/dists/bookworm/main/i18n/Translation-da.bz2 \
         -O http://deb.debian.org/debian/dists/bookworm/main/i18n/Translation-en.xz
    python benchmarks/digest.py Translation-da.bz2 Translation-en.xz

The texts are descriptions of Debian packages, which volunteers have put into Danish. Of each section some are taken,
half of them in Danish and half in English; sections are the themes. Then as many packages again in both languages: a
pair is a translation. `apt-cache` says which section a package is in. Four draws; scores are means.
"""

from __future__ import annotations

import argparse
import bz2
import lzma
import random
import re
import subprocess
from collections import Counter
from pathlib import Path
from statistics import mean

from sklearn.metrics import adjusted_rand_score, v_measure_score

from tosprog.models.languages import LanguageCode
from tosprog.models.registry import load_backend, load_rarity
from tosprog.pipeline.digest import DigestOptions, ReadText, keywords_of, read_document_text, terms_of
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.duplicates import DuplicateKind, find_duplicates
from tosprog.pipeline.themes import find_themes

SECTIONS = ("games", "science", "mail", "sound", "fonts", "electronics", "education", "graphics")
WORDS = (60, 300)
DRAWS = 4


def descriptions(path: Path, language: str) -> dict[str, str]:
    """Long descriptions by package, their lines joined to paragraphs."""
    data = path.read_bytes()
    text = (bz2.decompress(data) if path.suffix == ".bz2" else lzma.decompress(data)).decode("utf-8")
    found = {}
    for entry in text.split("\n\n"):
        match = re.match(rf"Package: (\S+)\n.*?\nDescription-{language}: ([^\n]*)\n(.*)", entry, re.DOTALL)
        if match:
            paragraphs = re.split(r"\n \.\n", match[3])
            body = "\n\n".join(" ".join(line.strip() for line in p.splitlines()) for p in paragraphs)
            if WORDS[0] <= len(body.split()) <= WORDS[1]:
                found[match[1]] = body
    return found


def sections() -> dict[str, str]:
    found = {}
    for entry in subprocess.run(
        ["apt-cache", "dumpavail"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n\n"):
        name, section = (re.search(rf"^{key}: (\S+)", entry, re.MULTILINE) for key in ("Package", "Section"))
        if name and section:
            found[name[1]] = section[1]
    return found


def read(name: str, body: str) -> ReadText:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text, "\n\n") for text in body.split("\n\n"))
    return read_document_text(Path(name), Document(blocks), load_backend, DigestOptions())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("danish", type=Path)
    parser.add_argument("english", type=Path)
    parser.add_argument("--of-each", type=int, default=8, help="texts of a section")
    parser.add_argument("--show", action="store_true", help="print the themes")
    arguments = parser.parse_args()
    danish, english, section_of = (
        descriptions(arguments.danish, "da"),
        descriptions(arguments.english, "en"),
        sections(),
    )
    languages: tuple[LanguageCode, LanguageCode] = ("da", "en")
    scores: dict[str, list[float]] = {}
    for draw in range(DRAWS):
        chance = random.Random(draw)
        names, twice = [], []
        for section in SECTIONS:
            both = sorted(n for n in danish.keys() & english.keys() if section_of.get(n) == section)
            # One of a family of packages: "texlive-lang-czech" says nothing that "texlive-lang-danish" does not.
            families = {re.split(r"[-0-9]", name.removeprefix("lib"))[0]: name for name in both}
            chosen = chance.sample(sorted(families.values()), min(len(families), 2 * arguments.of_each))
            names += chosen[: arguments.of_each]
            twice += chosen[arguments.of_each : arguments.of_each + 2]
        texts = [read(n, (danish if i % 2 else english)[n]) for i, n in enumerate(names)]
        pairs = [read(n, source[n]) for n in twice for source in (danish, english)]
        gold = [section_of[n] for n in names]
        for language in languages:
            rarity = load_rarity(language)
            bags = [terms_of(one, language, load_backend) for one in (*texts, *pairs)]
            keywords = [keywords_of(one, language, load_backend, rarity) for one in texts]
            for known, count in (("found", None), ("given", len(SECTIONS))):
                themes = find_themes(bags[: len(names)], keywords, count)
                labels = [100 + i for i in range(len(names))]
                for number, theme in enumerate(themes):
                    for i in theme.members:
                        labels[i] = number
                key = f"themes {known}, compared in {language}"
                scores.setdefault(f"{key}: adjusted Rand", []).append(adjusted_rand_score(gold, labels))
                scores.setdefault(f"{key}: V-measure", []).append(v_measure_score(gold, labels))
                scores.setdefault(f"{key}: number", []).append(len(themes))
                if arguments.show and draw == 0:
                    for theme in themes:
                        print(theme.name, Counter(gold[i] for i in theme.members).most_common())
            found = find_duplicates(
                [one.text for one in (*texts, *pairs)], [one.entry.language for one in (*texts, *pairs)], bags
            )
            right = {(len(texts) + i, len(texts) + i + 1) for i in range(0, len(pairs), 2)}
            told = {(d.first, d.second) for d in found if d.kind is DuplicateKind.TRANSLATION}
            key = f"translations, compared in {language}"
            scores.setdefault(f"{key}: found", []).append(len(told & right) / len(right))
            scores.setdefault(f"{key}: false", []).append(len(told - right))
    for name, values in scores.items():
        print(f"{name:<48} {mean(values):.3f}")


if __name__ == "__main__":
    main()
