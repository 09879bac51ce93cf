"""Names: what both languages write alike, put in each other's place so that a network learns to copy.

Manuals name few people and places, essays many, and a small network would rather translate a name by halves
("Lund" into "Lung") than copy it. So a name that stands on both sides of a pair is replaced, on both sides, by one
gathered from Danish prose.

Source: the substitution is that of Fadaee, Bisazza and Monz, "Data Augmentation for Low-Resource Neural Machine
Translation", ACL 2017, for names in place of rare words.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tosprog.models.training.corpora import Pair

# One to three capitalised words in the middle of a sentence. Danish common nouns have small letters.
_NAME = re.compile(
    r"(?<=[a-zæøå,] )[A-ZÆØÅ][a-zæøåéüöäA-Z]+(?:-[A-ZÆØÅ][a-zæøåéüöä]+)?(?: [A-ZÆØÅ][a-zæøåéüöä]+){0,2}(?![\w-])"
)
_MIN_COUNT = 2  # seen once, it is as likely a slip


def gather(danish: Iterable[str], pairs: Sequence[Pair]) -> list[str]:
    """The names in Danish prose, without those that the pairs translate ("Tyskland", "Folketinget"); sorted."""
    counts: Counter[str] = Counter(name for line in danish for name in _NAME.findall(line))
    translated: Counter[str] = Counter()
    copied: Counter[str] = Counter()
    for pair in pairs:
        english = set(re.findall(r"\w+", pair.english))
        for name in _NAME.findall(pair.danish):
            for word in name.split():
                (copied if word in english else translated)[word] += 1
    return sorted(
        name
        for name, count in counts.items()
        if count >= _MIN_COUNT
        and all(
            translated[word] <= copied[word]
            and (copied[word] or " " in name or not word.endswith(_INFLECTED))
            for word in name.split()
        )
    )


# A single word with one of these is as likely "Folketinget" or "Venstres" as a name to copy.
_INFLECTED = ("et", "en", "ne", "s", "sk", "ske", "ning", "eren", "erne", "loven", "land")


def substituted(pairs: Iterable[Pair], names: Sequence[str], seed: int = 1) -> Iterator[Pair]:
    """Each pair with one shared name, once more with another in its place; corpus ``names``. Without names, none."""
    dice = random.Random(seed)
    for pair in pairs if names else ():
        shared = [name for name in _NAME.findall(pair.danish) if _NAME.findall(pair.english).count(name) == 1]
        if not shared:
            continue
        old = max(shared, key=len)
        if pair.danish.count(old) != 1 or pair.english.count(old) != 1:
            continue
        new = dice.choice(names)
        yield replace(
            pair,
            english=pair.english.replace(old, new),
            danish=pair.danish.replace(old, new),
            corpus="names",
        )


def listed(names: Sequence[str], count: int, seed: int = 1) -> Iterator[Pair]:
    """Lists of two to five names, which both languages write alike but for "og"; corpus ``name lists``."""
    dice = random.Random(seed)
    for _ in range(count if len(names) > 1 else 0):
        *first, last = dice.sample(names, min(len(names), dice.randint(2, 5)))
        before = ", ".join(first)
        stop = "." if dice.random() < 0.3 else ""
        yield Pair(f"{before} and {last}{stop}", f"{before} og {last}{stop}", "name lists")
