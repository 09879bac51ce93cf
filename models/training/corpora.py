"""Parallel corpora: read, clean, keep apart from the evaluation text, pack into one file."""

from __future__ import annotations

import csv
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.languages import Direction, LanguageCode

MAX_CHARS = 600
MAX_LENGTH_RATIO = 2.2  # in characters; Danish runs about as long as English
NEAR_DUPLICATE_SHARE = 0.5  # of an evaluation sentence's word 5-grams
_SHINGLE = 5

# Weight: the chance of a pair to be drawn, relative to others. Prose counts more than interface text,
# because users bring essays (see the data card in weights/README.md).
WEIGHTS = {
    "cdt": 6.0,
    "debian-webwml-trimmed": 1.0,
    "mozilla-www": 2.0,
    "bitcoin-org": 2.0,
    "gnome-help": 0.5,
    "xsid": 4.0,
    "mozilla-www-lang": 1.0,
    "scratch-l10n": 0.7,
    "tor-translation": 0.7,
    "mate-user-guide": 0.4,
    "nvda-userguide": 0.4,
    "gnome-orca-help": 0.4,
    "elementary-os-patches-help": 0.3,
    "phpmyadmin-docs": 0.3,
    "debian-webwml-po": 0.3,
    "inaturalist": 0.5,
    # A word takes three pieces and an epoch ten hours of a CPU: it has to come more than once.
    "freedict": 6.0,
    "lexicon": 3.0,
    "forms": 4.0,
    "everyday": 12.0,
    "headings": 12.0,
    "sentences": 9.0,
    "stamps": 6.0,
    "places": 1.5,
    "catalogues": 1.0,
    "names": 0.4,
    "name lists": 1.0,
    "world names": 2.5,
    "msdocs_HT": 0.06,
    "bt-da:parole_dk": 3.0,
    "bt-da:hafnia_times": 3.0,
    "bt-da:folketinget": 2.5,
    "bt-da:linuxbog": 0.6,
    "bt-en:masc_written": 3.0,
}
DEFAULT_WEIGHT = 0.2  # interface strings
SYNTHETIC = "bt-"  # corpus "bt-da" or "bt-da:NAME": back-translated, the Danish side is real
SYNTHETIC_WEIGHT = 1.0

# What kind of text a corpus is; the others are interface strings, or back-translated.
_KINDS = {
    "sentences": ("sentences",),
    "names": ("names", "name lists", "world names"),
    "words": ("everyday", "headings", "freedict", "lexicon", "forms", "stamps", "places"),
    "prose": ("cdt", "xsid", "debian-webwml-trimmed", "mozilla-www", "bitcoin-org"),
}
_KIND_OF = {corpus: kind for kind, several in _KINDS.items() for corpus in several}
# The target text of an epoch, by the language that is learned to be written. Weights choose within a kind: as their
# sum, 67,000 sentences of one hand were four fifths of the text, and Danish was written as that hand writes it.
SHARES: dict[LanguageCode, dict[str, float]] = {
    "da": {
        "sentences": 0.47,
        "back-translated": 0.33,
        "prose": 0.08,
        "words": 0.05,
        "names": 0.05,
        "interface": 0.02,
    },
    "en": {
        "sentences": 0.62,
        "back-translated": 0.13,
        "prose": 0.13,
        "words": 0.05,
        "names": 0.05,
        "interface": 0.02,
    },
}

_MARKUP = re.compile(r"\[!|</?[a-z][^>]*>|&[a-z]+;|\{\{|\\[a-z]|%\(|%[0-9.]*[sdiu]|\$\{|\{\w*\}|~[A-Z]")
_NUMBER = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"\w+")
_FULL_FROM = 40  # characters; a phrase has no length that is too short
_FULLNESS = ((0.97, 1.6), (0.92, 1.0), (0.85, 0.6), (0.0, 0.35))  # from this ratio of characters on: factor
_TREEBANKS = frozenset(("cdt",))  # write "i_går" for a word of two parts
_TIE = re.compile(r"(?<=[^\W\d_])_(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Pair:
    """One aligned pair and the corpus that it came from."""

    english: str
    danish: str
    corpus: str


def read_corpora(folder: Path) -> Iterator[Pair]:
    """Yields the pairs of every ``*.en-da.tsv.xz`` in the folder, malformed lines left out."""
    for path in sorted(folder.glob("*.en-da.tsv.xz")):
        name = path.name.removesuffix(".en-da.tsv.xz")
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if name in _TREEBANKS:
                    line = _TIE.sub(" ", line)
                fields = line.rstrip("\n").split("\t")
                if len(fields) == 2:
                    yield Pair(" ".join(fields[0].split()), " ".join(fields[1].split()), name)


def normal(text: str) -> str:
    """Lower-cased words alone: what two copies of a sentence share whatever their punctuation."""
    return " ".join(_WORD.findall(text.lower()))


def _numbers(text: str) -> Counter[str]:
    return Counter(re.sub(r"[.,]", "", number) for number in _NUMBER.findall(text))


def fault_of(pair: Pair) -> str | None:
    """The first rule that the pair breaks, or None for a sound one."""
    english, danish = pair.english, pair.danish
    if not english or not danish:
        return "empty"
    if max(len(english), len(danish)) > MAX_CHARS:
        return "too long"
    if english == danish:
        return "copy"
    if _MARKUP.search(english) or _MARKUP.search(danish):
        return "markup"
    if not any(c.isalpha() for c in english) or not any(c.isalpha() for c in danish):
        return "no letters"
    # Ten characters of grace let short strings differ.
    longer, shorter = max(len(english), len(danish)), min(len(english), len(danish))
    if longer > MAX_LENGTH_RATIO * shorter + 10:
        return "length ratio"
    if _numbers(english) != _numbers(danish):
        return "numbers"
    if ("http" in english) != ("http" in danish):
        return "url"
    return None


class Held:
    """The evaluation sentences, indexed to find exact and near copies of them."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._index: dict[tuple[str, ...], list[int]] = {}
        self._sizes: list[int] = []
        for sentence in sentences:
            words = normal(sentence).split()
            self._exact.add(" ".join(words))
            shingles = self._shingles(words)
            if shingles:
                for shingle in shingles:
                    self._index.setdefault(shingle, []).append(len(self._sizes))
                self._sizes.append(len(shingles))

    @staticmethod
    def _shingles(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)}

    @classmethod
    def from_folder(cls, folder: Path) -> Held:
        """Reads every ``*.da`` and ``*.en`` of the evaluation folder."""
        paths = sorted(folder.glob("*.da")) + sorted(folder.glob("*.en"))
        if not paths:
            raise FileNotFoundError(
                f"no *.da or *.en evaluation file in {folder}; name the folder with --eval"
            )
        return cls(line for path in paths for line in path.read_text(encoding="utf-8").splitlines())

    def match(self, text: str) -> str | None:
        """``"exact"``, ``"near"`` (half of a sentence's 5-grams or more) or None."""
        words = normal(text).split()
        if " ".join(words) in self._exact:
            return "exact"
        hits = Counter(i for shingle in self._shingles(words) for i in self._index.get(shingle, ()))
        if any(count >= NEAR_DUPLICATE_SHARE * self._sizes[i] for i, count in hits.items()):
            return "near"
        return None


def languages_of(texts: list[str]) -> list[str | None]:
    """``da``, ``en`` or None for each text."""
    from lingua import Language, LanguageDetectorBuilder

    codes = {Language.DANISH: "da", Language.ENGLISH: "en"}
    detector = LanguageDetectorBuilder.from_languages(*codes).build()
    return [
        None if found is None else codes[found] for found in detector.detect_languages_in_parallel_of(texts)
    ]


def _wrong_language(pairs: list[Pair]) -> list[bool]:
    english = languages_of([pair.english for pair in pairs])
    danish = languages_of([pair.danish for pair in pairs])
    # Short strings are left alone: a detector errs on them more often than the data does.
    return [
        (len(pair.english) >= 25 and e == "da") or (len(pair.danish) >= 25 and d == "en")
        for pair, e, d in zip(pairs, english, danish, strict=True)
    ]


def clean(pairs: Iterable[Pair], held: Held) -> tuple[list[Pair], Counter[str]]:
    """The sound pairs in their order, and how many each rule took away."""
    dropped: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    kept: list[Pair] = []
    for pair in pairs:
        fault = fault_of(pair)
        key = (normal(pair.english), normal(pair.danish))
        if fault is None and key in seen:
            fault = "duplicate"
        if fault is None:
            match = held.match(pair.english) or held.match(pair.danish)
            fault = f"evaluation text, {match}" if match else None
        if fault is None:
            seen.add(key)
            kept.append(pair)
        else:
            dropped[fault] += 1
    wrong = _wrong_language(kept)
    dropped["language"] = sum(wrong)
    return [pair for pair, bad in zip(kept, wrong, strict=True) if not bad], dropped


def write_pack(pairs: Iterable[Pair], path: Path) -> None:
    """Writes xz-packed TSV: weight, corpus, English, Danish."""
    with lzma.open(path, "wt", encoding="utf-8", newline="", preset=2) as out:
        writer = csv.writer(
            out, dialect="excel-tab", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n"
        )
        for pair in pairs:
            weight = WEIGHTS.get(
                pair.corpus, SYNTHETIC_WEIGHT if pair.corpus.startswith(SYNTHETIC) else DEFAULT_WEIGHT
            )
            writer.writerow((weight, pair.corpus, pair.english, pair.danish))


def read_pack(path: Path) -> list[tuple[float, Pair]]:
    """Reads what `write_pack` wrote."""
    rows = []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            weight, corpus, english, danish = line.rstrip("\n").split("\t")
            rows.append((float(weight), Pair(english, danish, corpus)))
    return rows


def kind_of(corpus: str) -> str:
    """The kind of text, a key of `SHARES`."""
    return "back-translated" if corpus.startswith(SYNTHETIC) else _KIND_OF.get(corpus, "interface")


def fullness(pair: Pair) -> float:
    """A factor on the weight of a pair whose Danish is as long as its English, or shorter than a translator's would be.

    Danish put into English comes out longer, English put into Danish as long as before or longer (by 3 % of the
    characters, where professionals did it). Pairs of the first sort teach to leave out.

    Example:
        >>> fullness(Pair("The bridge over the fjord was closed yesterday.", "Broen blev lukket i går.", "cdt"))
        0.35
    """
    if len(pair.english) < _FULL_FROM:
        return 1.0
    ratio = len(pair.danish) / len(pair.english)
    return next(factor for least, factor in _FULLNESS if ratio >= least)


def rows_for(direction: Direction, rows: Iterable[tuple[float, Pair]]) -> list[tuple[float, Pair]]:
    """The rows that the direction learns from, weighted so that each kind has its share of the target text.

    Real pairs teach both directions, synthetic ones the direction whose target side is real. Shares are of
    `SHARES`; what a missing kind would have goes to the others. The text of an epoch stays as long as the weights
    make it. It is counted in characters, which tokens go with.

    Args:
        direction: What is trained.
        rows: Weights and pairs of one or more packs.
    """
    learned = SYNTHETIC + direction.target
    kept: list[tuple[float, Pair]] = []
    text: defaultdict[str, float] = defaultdict(float)
    for weight, pair in rows:
        if pair.corpus.startswith(SYNTHETIC) and pair.corpus.partition(":")[0] != learned:
            continue
        full = weight * fullness(pair)
        kept.append((full, pair))
        text[kind_of(pair.corpus)] += full * len(pair.english if direction.target == "en" else pair.danish)
    shares = {kind: share for kind, share in SHARES[direction.target].items() if text[kind] > 0}
    scale = sum(text.values()) / sum(shares.values()) if shares else 1.0
    factors = {kind: scale * share / text[kind] for kind, share in shares.items()}
    return [(weight * factors.get(kind_of(pair.corpus), 1.0), pair) for weight, pair in kept]
