"""Forms of a word by pattern: what a Danish or English noun or adjective may look like, and how to write one.

Patterns only: a change of vowel (mand, mænd) has to be named. They serve to find a word whose base form is known, so
that a form too many does little harm; a form that is a small word of its own (``anden`` of ``and``) is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.function_words import DANISH, ENGLISH, SHARED

_VOWELS = frozenset("aeiouyæøåéAEIOUYÆØÅÉ")
_DOUBLED = frozenset("bdfgklmnprst")
_SMALL = DANISH | SHARED
_ACRONYM = (
    4  # letters: no longer word takes its ending behind an apostrophe (tv'et), none as short is an adjective
)
_ADJECTIVES = (
    "lig",
    "ig",
    "sk",
    "iv",
    "bar",
    "som",
    "løs",
    "al",
    "el",
    "ær",
    "fuld",
    "mæssig",
    "øs",
    "ent",
    "ant",
)
# What the heads of Danish compounds are: "boligområde" is neuter since "område" is.
_NEUTER = (
    "år hus arbejde barn land møde system program center projekt område kontor kort beløb brev dokument "
    "krav mål råd skab um ment eri organ punkt sted tal tilbud tilskud udvalg valg vand værk middel "
    "nummer navn ansvar bidrag budget besøg behov blad bord emne felt fag forhold forbrug forslag forløb "
    "fradrag gebyr gods grundlag håndtag hold indhold indtryk initiativ job kapitel kabel klima køb "
    "køkken køretøj kursus lag lån lager lokale løfte marked materiale medlem miljø nævn net niveau notat "
    "omfang ophold overblik papir parti produkt regnskab register resultat rum salg samarbejde samfund "
    "selskab sekretariat segment signal skema skilt skib sprog spørgsmål spor stof svar sæt tab tag "
    "tilsyn træ tøj udtryk udstyr udbytte underskud overskud vilkår våben værelse vidne vindue ord oplag "
    "anlæg afsnit ark billede filter panel modul format domæne link spejl abonnement aggregat apparat "
    "batteri hjul rør ur"
).split()
_COMMON = ("hed", "else", "ning", "ling", "ing", "tion", "sion", "tet", "dom", "ik", "isme", "ance", "ens")
_SHORT_ADJECTIVES = frozenset(
    "ny stor god høj lav fast fri grøn rød blå hvid sort ung kort lang tung let bred smal hård varm kold ren ægte "
    "nordisk åben egen lukket samlet fælles særlig offentlig privat midlertidig løs fuld hel halv grov fin gul".split()
)
# Whether a last consonant is doubled is heard, not seen: bussen, but huset. Of others than these, both are known.
_DOUBLING = tuple(
    "dom ik lem hotel kontrol bus tal ret kat hat net rum stof kop top hal søn krop prop slot blik stik skat "
    "drøm strøm klub trup chef kup job hof tip klip spil skud nat plet ven mal skal som".split()
)
_SINGLE = tuple(
    "bil sag hus liv råd sal dag vej tid sted bog lov bud hav tab tag mål rør år dør ur lag krav skab ig sal del stol "
    "pol sol tog brev løn skib køb gud fag smag slag bad blad flag grad mad ild skole spor lån plan art stat rat at "
    "tet ist ation ment skrib strid rod fod sten ben ler vin syn tur dyr par bar rod id ud øl sæl jul hul".split()
)
_IRREGULAR = {"man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet"}
_F_TO_VES = ("leaf", "shelf", "half", "knife", "wife", "life", "thief", "loaf", "self")
_PREPOSITIONS: dict[LanguageCode, frozenset[str]] = {
    "da": frozenset("af for til i på med fra om under ved mod over efter uden".split()),
    "en": frozenset("of for to in on with from about under at against over after without by".split()),
}


@dataclass(frozen=True, slots=True)
class Form:
    """What the ending of a word says. Danish nouns have all of it, English ones no definiteness."""

    plural: bool = False
    definite: bool = False
    genitive: bool = False


def head_of(words: Sequence[str], language: LanguageCode) -> int:
    """Which word of a term takes the endings: the one before a preposition, else the last.

    Example:
        >>> head_of(("leder", "af", "afdeling"), "da"), head_of(("social", "ydelse"), "da")
        (0, 1)
    """
    for index, word in enumerate(words[1:-1], start=1):
        if word.lower() in _PREPOSITIONS[language]:
            return index - 1
    return len(words) - 1


def noun_forms(word: str, language: LanguageCode) -> dict[str, Form]:
    """The forms of a noun, or of an adjective that stands alone, genitives left out; the word itself comes first."""
    return _danish_nouns(word) if language == "da" else _english_nouns(word)


def genitives_of(form: str, language: LanguageCode) -> tuple[str, ...]:
    """How the genitive of a form may be written."""
    if language == "da":
        return (f"{form}'", f"{form}'s") if form[-1:] in "sxz" else (f"{form}s", f"{form}'s")
    return (f"{form}'", f"{form}'s") if form.endswith("s") else (f"{form}'s",)


@lru_cache(maxsize=50_000)
def adjective_forms(word: str) -> frozenset[str]:
    """The forms of a Danish word in front of a noun.

    Example:
        >>> sorted(adjective_forms("åben"))
        ['åben', 'åbene', 'åbent', 'åbne']
    """
    participle = (f"{word[:-1]}de",) if word.endswith("et") else ()
    return frozenset((word, f"{word}t", *participle, *(f"{stem}e" for stem in _stems(word))))


def is_adjective(word: str) -> bool:
    """Whether a Danish word in front of a noun is an adjective, and not part of a name."""
    return word in _SHORT_ADJECTIVES or (word.islower() and word.endswith((*_ADJECTIVES, "ende", "et")))


def adjective_form(word: str, *, neuter: bool, inflected: bool) -> str:
    """A Danish adjective in front of a noun.

    Args:
        word: The base form.
        neuter: Whether the noun is.
        inflected: Whether the noun is definite or plural.

    Example:
        >>> [adjective_form(word, neuter=False, inflected=True) for word in ("social", "gammel", "ny", "lukket")]
        ['sociale', 'gamle', 'nye', 'lukkede']
    """
    if inflected:
        if word.endswith(("e", "å", "fælles")):
            return word
        if word.endswith("et"):
            return f"{word[:-1]}de"
        stems = _stems(word)
        syncopated = word.endswith(("el", "en", "er")) and not word.endswith(("iel", "uel", "ren"))
        return f"{stems[-1] if syncopated else (word + word[-1] if word.endswith('som') else word)}e"
    if neuter and not word.endswith(("t", "e", "å", "sk", "fælles")):
        return f"{word}t"
    return word


def _stems(word: str) -> list[str]:
    """What endings that begin with a vowel are put to."""
    if len(word) < 2 or not word[-1].isalpha():
        return []
    if word[-1] == "e":
        return [word[:-1]]
    stems = [word]
    low = word.lower()
    doubles = word[-1] in _DOUBLED and word[-2] in _VOWELS and not (len(word) > 2 and word[-3] in _VOWELS)
    if doubles and low.endswith(_DOUBLING):
        stems = [word + word[-1]]
    elif doubles and not low.endswith(_SINGLE):
        stems.append(word + word[-1])
    if len(word) > 3 and word[-2:] in ("el", "en", "er") and word[-3] not in _VOWELS:
        before = word[:-2]
        if before[-1] == before[-2]:
            before = before[:-1]
        stems.append(before + word[-1])
    if len(word) > 5 and word.endswith("um"):
        stems.append(word[:-2])
    return stems


@lru_cache(maxsize=50_000)
def _danish_nouns(word: str) -> dict[str, Form]:
    forms = {word: Form()}

    def add(form: str, *, plural: bool = False, definite: bool = False) -> None:
        if form.lower() not in _SMALL:
            forms.setdefault(form, Form(plural, definite))

    if len(word) <= _ACRONYM and word.lower() in _SMALL:  # man: no noun
        return forms
    is_adjective = len(word) > _ACRONYM and word.lower().endswith(_ADJECTIVES)
    for stem in _stems(word):
        add(f"{stem}en", definite=True)
        add(f"{stem}et", definite=True)
        add(f"{stem}er", plural=True)
        add(f"{stem}e", plural=not is_adjective)
        add(f"{stem}erne", plural=True, definite=True)
        add(f"{stem}ene", plural=True, definite=True)
    if word.endswith("er"):
        add(f"{word}ne", plural=True, definite=True)
    if is_adjective and not word.endswith("t"):
        add(f"{word}t")
    if len(word) <= _ACRONYM or word.isupper():
        for ending, form in (
            ("en", Form(definite=True)),
            ("et", Form(definite=True)),
            ("er", Form(plural=True)),
            ("erne", Form(plural=True, definite=True)),
        ):
            forms.setdefault(f"{word}'{ending}", form)
    return forms


@lru_cache(maxsize=50_000)
def _english_nouns(word: str) -> dict[str, Form]:
    plural = english_plural(word)
    return {word: Form()} if plural.lower() in ENGLISH else {word: Form(), plural: Form(plural=True)}


def english_plural(word: str) -> str:
    """The plural by pattern.

    Example:
        >>> [english_plural(word) for word in ("benefit", "tax", "subsidy", "chairman")]
        ['benefits', 'taxes', 'subsidies', 'chairmen']
    """
    low = word.lower()
    for one, many in _IRREGULAR.items():
        if low.endswith(one) and not low.endswith(("german", "human", "roman")):
            return word[: len(word) - len(one)] + many
    if low.endswith(_F_TO_VES):
        return f"{word.removesuffix('e').removesuffix('f')}ves"
    if low.endswith("y") and len(low) > 1 and low[-2] not in _VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}es" if low.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def form_of(form: str, word: str, language: LanguageCode) -> Form:
    """What a form that was named says, by its ending: ``mændene`` of ``mand`` is plural and definite."""
    low = form.lower()
    if language == "en":
        return Form(plural=not low.endswith(("'s", "’s")), genitive=low.endswith(("'s", "’s")))
    known = _danish_nouns(word.lower()).get(low)
    if known is not None:
        return known
    if low.endswith(("ene", "erne", "rne")):
        return Form(plural=True, definite=True)
    return Form(definite=True) if low.endswith(("en", "et")) else Form(plural=True)


def written(
    word: str,
    form: Form,
    language: LanguageCode,
    named: Sequence[str] = (),
    is_whole: Callable[[str], bool] = lambda word: False,
) -> str:
    """A word in a form, as well as pattern can tell.

    Args:
        word: The base form.
        form: What it is to say.
        language: Of the word.
        named: Forms that are known; one that fits is taken.
        is_whole: Whether a word is one that a model has; such a form goes before others.

    Example:
        >>> [written(word, Form(definite=True), "da") for word in ("ydelse", "boligområde", "cykel", "politik")]
        ['ydelsen', 'boligområdet', 'cyklen', 'politikken']
        >>> written("tenant", Form(plural=True, genitive=True), "en")
        "tenants'"
    """
    bare = replace(form, genitive=False)
    if bare == Form():
        base = word
    elif fitting := [one for one in named if form_of(one, word, language) == bare]:
        base = fitting[0]
    elif language == "en":
        base = english_plural(word) if form.plural else word
    else:
        options = _danish_options(word, bare, named, is_whole)
        base = next((one for one in options if is_whole(one)), options[0])
    return genitives_of(base, language)[0] if form.genitive else base


def is_neuter(word: str, named: Sequence[str], is_whole: Callable[[str], bool] = lambda word: False) -> bool:
    """Whether a Danish noun is neuter: by a form that is named, by its last part, by what a model knows."""
    for one in named:
        if form_of(one, word, "da") == Form(definite=True):
            return one.endswith("t")
    low = word.lower()
    if low.endswith(_COMMON):
        return False
    if low.endswith(tuple(_NEUTER)):
        return True
    forms = [one for one, form in _danish_nouns(low).items() if form == Form(definite=True) and is_whole(one)]
    return bool(forms) and all(one.endswith("et") for one in forms)


def _danish_options(
    word: str, form: Form, named: Sequence[str], is_whole: Callable[[str], bool]
) -> list[str]:
    """Forms of a Danish noun that may be right, the likeliest first."""
    neuter = is_neuter(word, named, is_whole)
    stems = _stems(word) or [word]
    low = word.lower()
    if (low.endswith("el") or low.endswith("um")) and len(stems) > 1 and not low.endswith(_DOUBLING):
        stems = [stems[-1], *stems[:-1]]
    elif low.endswith(_DOUBLING) and len(stems) > 1:
        stems = [stems[1], stems[0], *stems[2:]]
    if not form.plural:
        return [f"{stem}{'et' if neuter else 'en'}" for stem in stems]
    if low.endswith("er") and not neuter:  # lejer, lejere, lejerne
        return [f"{word}ne"] if form.definite else [f"{word}e"]
    endings = ("erne", "ene") if form.definite else ("er", "e")
    return [f"{stem}{ending}" for ending in endings for stem in stems]
