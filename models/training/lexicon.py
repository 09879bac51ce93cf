"""Dictionary nouns as they stand in text: inflected, and in short sentences.

Manuals and web sites have few of the words that essays have ("nabo", "kone", "skov"). A dictionary has them, but only
as headwords; here each noun is put into the forms that Danish text attests, with its English counterpart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from tosprog.models.training.corpora import Pair
from tosprog.models.training.freedict import Entry

_WORD = re.compile(r"[a-zæøå]+")
# Danish (common, neuter), English.
_ADJECTIVES = (
    ("stor", "stort", "big"),
    ("lille", "lille", "small"),
    ("ny", "nyt", "new"),
    ("gammel", "gammelt", "old"),
    ("smuk", "smukt", "beautiful"),
    ("god", "godt", "good"),
    ("vigtig", "vigtigt", "important"),
    ("berømt", "berømt", "famous"),
    ("dyr", "dyrt", "expensive"),
    ("tæt på", "tæt på", "close"),
    ("væk", "væk", "gone"),
    ("færdig", "færdigt", "finished"),
)
# {d} definite, {n} indefinite with article; English likewise.
_SENTENCES = (
    ("Jeg kan se {d}.", "I can see {d}."),
    ("Her er {d}.", "Here is {d}."),
    ("Hvor er {d}?", "Where is {d}?"),
    ("Vi taler om {d}.", "We are talking about {d}."),
    ("De har også {n}.", "They also have {n}."),
    ("Det er ikke {n}.", "It is not {n}."),
    ("Hun skrev om {d}.", "She wrote about {d}."),
    ("Han har brug for {n}.", "He needs {n}."),
    ("Der er {n} ved siden af huset.", "There is {n} next to the house."),
    ("Mange kender {d}.", "Many people know {d}."),
)
_SENTENCES_PER_NOUN = 2
_IRREGULAR = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "person": "people",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "wife": "wives",
    "life": "lives",
    "knife": "knives",
    "leaf": "leaves",
    "half": "halves",
    "wolf": "wolves",
    "shelf": "shelves",
    "sheep": "sheep",
    "fish": "fish",
}


def words_of(danish: Iterable[str]) -> set[str]:
    """Every word of the lines, in lower case.

    Example:
        >>> sorted(words_of(["Huset er stort.", "Et hus"]))
        ['er', 'et', 'hus', 'huset', 'stort']
    """
    return {word for line in danish for word in _WORD.findall(line.lower())}


def plural_of(noun: str) -> str:
    """The English plural of a noun or of the last word of a compound.

    Example:
        >>> [plural_of(noun) for noun in ("city", "box", "old man", "boy")]
        ['cities', 'boxes', 'old men', 'boys']
    """
    *front, last = noun.split(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        last = last[:-1] + "ies"
    elif last.endswith(("s", "x", "z", "ch", "sh")):
        last += "es"
    else:
        last += "s"
    return " ".join([*front, last])


def forms_of(noun: str, attested: Collection[str]) -> dict[str, str]:
    """The attested forms of a Danish noun: ``neuter`` or ``common`` (definite singular), ``many``, ``these``.

    Example:
        >>> forms_of("hus", {"huset", "huse", "husene"})
        {'neuter': 'huset', 'many': 'huse', 'these': 'husene'}
    """
    doubled = noun + noun[-1]  # "hal", "hallen"
    stems: tuple[str, ...] = (noun, doubled) if noun[-1:] not in "aeiouyæøå" else (noun,)
    if noun.endswith("el") or noun.endswith("er"):  # "cykel", "cyklen"
        stems += (noun[:-2] + noun[-1],)
    tries = {
        "neuter": [stem + ending for stem in stems for ending in ("et", "t")],
        "common": [stem + ending for stem in stems for ending in ("en", "n")],
        "many": [stem + ending for stem in stems for ending in ("er", "e", "r")],
        "these": [stem + ending for stem in stems for ending in ("erne", "ene", "ne")],
    }
    found = {name: form for name, forms in tries.items() for form in forms if form in attested}
    if "neuter" in found and "common" in found:  # one of them is another word: not worth a guess
        return {}
    return found


def inflected(entries: Sequence[Entry], attested: Collection[str], seed: int = 1) -> Iterator[Pair]:
    """Pairs of forms, and sentences with them; corpus ``lexicon``.

    Args:
        entries: Of a dictionary.
        attested: Every word of much Danish text, in lower case.
        seed: Of the choice of sentences.
    """
    dice = random.Random(seed)
    for entry in entries:
        if entry.kind == "v":
            yield Pair(f"to {entry.english[0].removeprefix('to ')}", f"at {entry.danish}", "lexicon")
        if entry.kind != "n" or not entry.danish.islower() or not entry.danish.isalpha():
            continue
        forms = forms_of(entry.danish, attested)
        definite = forms.get("neuter") or forms.get("common")
        english = entry.english[0]
        if definite is None or not english.islower():
            continue
        an = "an" if english[0] in "aeiou" else "a"
        values = {"d": definite, "n": f"{'et' if 'neuter' in forms else 'en'} {entry.danish}"}
        target = {"d": f"the {english}", "n": f"{an} {english}"}
        yield Pair(target["d"], values["d"], "lexicon")
        yield Pair(target["n"], values["n"], "lexicon")
        if "many" in forms:
            yield Pair(plural_of(english), forms["many"], "lexicon")
        if "these" in forms:
            yield Pair(f"the {plural_of(english)}", forms["these"], "lexicon")
        common, neuter, meaning = dice.choice(_ADJECTIVES)
        adjective = neuter if "neuter" in forms else common
        yield Pair(f"The {english} is {meaning}.", f"{definite.capitalize()} er {adjective}.", "lexicon")
        for danish, translation in dice.sample(_SENTENCES, _SENTENCES_PER_NOUN):
            yield Pair(translation.format(**target), danish.format(**values), "lexicon")
