"""Every inflected form that Danish text attests, with the English form that answers to it.

A dictionary has headwords and an essay has forms: "naboerne", "skrev", "smukkeste". Apertium's analysers know which
form of which word each is, and its gender; FreeDict knows what the headword means, directly or by way of Swedish.

Source: Debian's apertium-dan-nor, apertium-swe-dan and lttoolbox (GPL), dict-freedict-dan-eng and -swe-eng (GPL-2+);
lemminflect for the English side (MIT).
"""

from __future__ import annotations

import gzip
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.training.corpora import Pair
from tosprog.models.training.freedict import Entry

_ANALYSERS = ("apertium-dan-nor/dan-nob.automorf.bin", "apertium-swe-dan/dan-swe.automorf.bin")
_TO_SWEDISH = "apertium-swe-dan/dan-swe.autobil.bin"
_KINDS = {"n": "n", "v": "vblex", "adj": "adj", "adv": "adv"}  # FreeDict's names and Apertium's
_LEMMA_TAGS = {"n": "<sg><ind>", "vblex": "<inf><actv>", "adj": "<sint><pst><ut><sg><ind>", "adv": ""}
_COHORT = re.compile(r"\^([^/$]+)/([^$]*)\$")
_TAG = re.compile(r"<([^<>]+)>")
_VOWELS = re.compile(r"[aeiouy]+")
_WORD = re.compile(r"[a-zæøåé]+")
_MEANING = re.compile(r"[a-z' -]+")
_LITTLE = frozenset("the to a an i we they he it have more most s".split())
_STEM = 5  # letters that "decide" and "decision" share, about
_MIN_SEEN = 6  # sentence pairs with a word before they may contradict the dictionary
_MIN_SHARE = 0.12  # of them that must hold the meaning

# A word of one kind: (lemma, kind) -> meanings, the best first.
Meanings = Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word can be: a lemma and Apertium's tags, the kind of word first."""

    lemma: str
    tags: tuple[str, ...]


def read_cohorts(output: str) -> dict[str, list[Reading]]:
    """What ``lt-proc -w`` printed; unknown words, compounds and contractions are left out.

    Example:
        >>> read_cohorts("^huset/hus<n><nt><sg><def>/hus<n><nt><sg><def><compound-R>$ ^xyz/*xyz$")
        {'huset': [Reading(lemma='hus', tags=('n', 'nt', 'sg', 'def'))]}
    """
    found: dict[str, list[Reading]] = {}
    for match in _COHORT.finditer(output):
        for analysis in match[2].split("/"):
            lemma, opened, _ = analysis.partition("<")
            tags = tuple(_TAG.findall(analysis))
            if (
                opened
                and "+" not in analysis
                and not any(tag.startswith(("compound", "cmp")) for tag in tags)
            ):
                readings = found.setdefault(match[1], [])
                if Reading(lemma, tags) not in readings:
                    readings.append(Reading(lemma, tags))
    return found


def _lt_proc(lines: Iterable[str], *arguments: str) -> str:
    command = ["lt-proc", *arguments]
    text = "\n".join(lines) + "\n"
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603


def analyse(words: Collection[str], apertium: Path) -> dict[str, list[Reading]]:
    """The readings of each word that an analyser knows.

    Args:
        words: In lower case.
        apertium: Folder of the installed language data, ``/usr/share/apertium``.

    Raises:
        FileNotFoundError: lttoolbox is not installed.
        subprocess.CalledProcessError: an analyser is missing.
    """
    merged: dict[str, list[Reading]] = {}
    for analyser in _ANALYSERS:
        for word, readings in read_cohorts(_lt_proc(words, "-w", str(apertium / analyser))).items():
            known = merged.setdefault(word, [])
            known += [reading for reading in readings if reading not in known]
    return merged


def meanings_of(entries: Iterable[Entry]) -> dict[tuple[str, str], list[str]]:
    """FreeDict's equivalents by lemma and kind, in the order given; up to three words, in lower case."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        kind = _KINDS.get(entry.kind)
        for english in entry.english:
            meaning = english.removeprefix("to ") if kind == "vblex" else english
            if kind and _MEANING.fullmatch(meaning) and len(meaning.split()) <= 3:
                found[entry.danish, kind].append(meaning)
    return dict(found)


def by_swedish(
    readings: Mapping[str, Sequence[Reading]], known: Meanings, apertium: Path, swedish: Path
) -> dict[tuple[str, str], list[str]]:
    """Meanings of lemmas that FreeDict lacks in Danish and has in Swedish.

    Args:
        readings: From `analyse`.
        known: Meanings that need no detour.
        apertium: As in `analyse`.
        swedish: ``freedict-swe-eng.dict.dz``, which marks no kinds.
    """
    english: dict[str, str] = {}
    head = ""
    with gzip.open(swedish, "rt", encoding="utf-8") as lines:
        for line in lines:
            if match := re.match(r"^(\S.*?) /[^/]*/", line):
                head = match[1]
            elif head and (body := re.sub(r"^\d+\. |\[[^\]]*\]|\([^)]*\)", "", line).strip()):
                english.setdefault(head, body.split(", ")[0].removeprefix("to "))
                head = ""
    lemmas = sorted(
        {
            (reading.lemma, reading.tags[0], reading.tags[1] if reading.tags[0] == "n" else "")
            for own in readings.values()
            for reading in own
            if reading.tags[0] in _LEMMA_TAGS and len(reading.tags) > (reading.tags[0] == "n")
            if (reading.lemma, reading.tags[0]) not in known
        }
    )
    asked = [
        f"^{lemma}<{kind}>{f'<{gender}>' if gender else ''}{_LEMMA_TAGS[kind]}$"
        for lemma, kind, gender in lemmas
    ]
    answers = _lt_proc(asked, "-b", str(apertium / _TO_SWEDISH)).splitlines()
    found: dict[tuple[str, str], list[str]] = {}
    for (lemma, kind, _), answer in zip(lemmas, answers, strict=True):
        match = re.match(r"\^[^/]*/([^<@/]+)<([a-z]+)", answer)
        meaning = english.get(match[1], "") if match and match[2] == kind else ""
        if _MEANING.fullmatch(meaning) and len(meaning.split()) <= 3:
            found.setdefault((lemma, kind), []).append(meaning)
    return found


def _inflect(meaning: str, tag: str) -> str:
    """A Penn Treebank form of an expression: of its first word for a verb, else of its last."""
    from lemminflect import getInflection

    words = meaning.split(" ")
    at = 0 if tag.startswith("V") else -1
    forms = getInflection(words[at], tag)
    words[at] = forms[0] if forms else words[at]
    return " ".join(words)


def _noun(word: str, tags: Sequence[str], meaning: str) -> Iterator[tuple[str, str]]:
    article = "the " if "def" in tags else ""
    if "gen" in tags:
        if "sg" in tags:
            yield f"{article}{meaning}'s", word
    elif "pl" in tags:
        yield article + _inflect(meaning, "NNS"), word
    else:
        yield article + meaning, word
        if not article and ("ut" in tags or "nt" in tags):
            an = "an" if meaning[0] in "aeiou" else "a"
            yield f"{an} {meaning}", f"{'en' if 'ut' in tags else 'et'} {word}"


def _verb(word: str, tags: Sequence[str], meaning: str) -> Iterator[tuple[str, str]]:
    if "pasv" in tags:
        return
    if "inf" in tags:
        yield f"to {meaning}", f"at {word}"
    elif "pres" in tags:
        yield f"I {meaning}", f"jeg {word}"
        yield f"it {_inflect(meaning, 'VBZ')}", f"det {word}"
    elif "past" in tags or "pret" in tags:
        past = _inflect(meaning, "VBD")
        yield f"they {past}", f"de {word}"
        yield f"he {past}", f"han {word}"
    elif ("pp" in tags or "supn" in tags) and not {"sg", "pl"} & set(tags):
        yield f"we have {_inflect(meaning, 'VBN')}", f"vi har {word}"


def _adjective(word: str, tags: Sequence[str], meaning: str) -> Iterator[tuple[str, str]]:
    from lemminflect import getInflection

    if "gen" in tags:
        return
    for tag, penn, adverb in (("comp", "JJR", "more"), ("sup", "JJS", "most")):
        if tag in tags:
            syllables = len(_VOWELS.findall(meaning.removesuffix("e")))
            short = syllables == 1 or (syllables == 2 and meaning.endswith("y"))
            yield getInflection(meaning, penn)[0] if short else f"{adverb} {meaning}", word
            return
    yield meaning, word


def _adverb(word: str, _tags: Sequence[str], meaning: str) -> Iterator[tuple[str, str]]:
    yield meaning, word


_MAKERS = {
    "n": _noun,
    "vblex": _verb,
    "adj": _adjective,
    "adv": _adverb,
}


def pairs_of(readings: Mapping[str, Sequence[Reading]], meanings: Meanings) -> list[Pair]:
    """Pairs of forms, corpus ``forms``: two meanings of each reading at most, in the order of the alphabet.

    Example:
        >>> for pair in pairs_of({"huset": [Reading("hus", ("n", "nt", "sg", "def"))]}, {("hus", "n"): ["house"]}):
        ...     print(pair.danish, "=", pair.english)
        huset = the house
    """
    found = {
        pair
        for word, own in readings.items()
        for reading in own
        if reading.tags[0] in _MAKERS
        for meaning in meanings.get((reading.lemma, reading.tags[0]), ())[:2]
        for pair in _MAKERS[reading.tags[0]](word, reading.tags, meaning)
    }
    return [Pair(english, danish, "forms") for english, danish in sorted(found)]


def borne_out(pairs: Sequence[Pair], text: Iterable[Pair]) -> list[Pair]:
    """The pairs that real sentence pairs do not contradict: a dictionary's first sense is not always the usual one.

    Args:
        pairs: From `pairs_of`.
        text: Real sentence pairs.
    """
    wanted = {pair.danish.split()[-1] for pair in pairs}
    seen: Counter[str] = Counter()
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in text:
        stems = {word[:_STEM] for word in _WORD.findall(pair.english.lower())}
        for word in wanted & set(_WORD.findall(pair.danish.lower())):
            seen[word] += 1
            beside[word].update(stems)

    def stands(pair: Pair) -> bool:
        word = pair.danish.split()[-1]
        if seen[word] < _MIN_SEEN:
            return True
        content = [w for w in _WORD.findall(pair.english) if w not in _LITTLE] or _WORD.findall(pair.english)
        return max(beside[word][w[:_STEM]] for w in content) >= _MIN_SHARE * seen[word]

    return [pair for pair in pairs if stands(pair)]
