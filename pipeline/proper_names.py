"""Names as the source spells them: a small model writes a rare one piece by piece, and slips ("Libeth", "Skiby").

A name is repaired where the source has one that the target lacks, and the target a misspelling of it: alike, and not
a word of the model's own ("Denmark" is one, and so is "Theatre"). Names that have a form in the other language
differ in their endings ("Kroatien", "Croatia"): such pairs are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher

# Names with a form of their own in each language, Danish first. Those that end alike but for a few letters
# ("Kroatien", "Croatia") need no line.
_FORMS = """
Jylland Jutland, Sønderjylland Southern-Jutland, Nordjylland North-Jutland, Sjælland Zealand, Fyn Funen, Skåne Scania,
København Copenhagen, Helsingør Elsinore, Øresund Sound, Kattegat Cattegat, Østersøen Baltic, Vesterhavet North-Sea,
Færøerne Faroes, Grønland Greenland, Island Iceland, Norge Norway, Sverige Sweden, Göteborg Gothenburg,
Ungarn Hungary, Ungarns Hungarian, Polen Poland, Rumænien Romania, Bulgarien Bulgaria, Jugoslavien Yugoslavia,
Bosnien-Hercegovina Bosnia-Herzegovina, Hercegovina Herzegovina, Beograd Belgrade, Prag Prague, Wien Vienna,
Moskva Moscow, Sankt-Petersborg Saint-Petersburg, Jeltsin Yeltsin, Gorbatjov Gorbachev, Khrusjtjov Khrushchev,
Tjernobyl Chernobyl, Tjetjenien Chechnya, Kyiv Kiev, Hviderusland Belarus, Letland Latvia, Litauen Lithuania,
Estland Estonia, Tjekkiet Czechia, Tjekkoslovakiet Czechoslovakia, Slovakiet Slovakia, Østrig Austria,
Schweiz Switzerland, Tyskland Germany, Østtyskland East-Germany, Vesttyskland West-Germany, Bayern Bavaria,
Sachsen Saxony, Slesvig Schleswig, Slesvig-Holsten Schleswig-Holstein, Hannover Hanover, Köln Cologne,
München Munich, Nürnberg Nuremberg, Rhinen Rhine, Donau Danube, Belgien Belgium, Bruxelles Brussels,
Antwerpen Antwerp, Gent Ghent, Brügge Bruges, Flandern Flanders, Haag Hague, Frankrig France, Bretagne Brittany,
Normandiet Normandy, Italien Italy, Rom Rome, Milano Milan, Torino Turin, Genova Genoa, Venedig Venice,
Firenze Florence, Napoli Naples, Sicilien Sicily, Spanien Spain, Sevilla Seville, Portugal Portugal,
Lissabon Lisbon, Grækenland Greece, Athen Athens, Kreta Crete, Cypern Cyprus, Tyrkiet Turkey, Libanon Lebanon,
Syrien Syria, Damaskus Damascus, Irak Iraq, Iran Iran, Jordan Jordan, Ægypten Egypt, Algeriet Algeria,
Marokko Morocco, Libyen Libya, Etiopien Ethiopia, Elfenbenskysten Ivory-Coast, Zaire Zaire, Sydafrika South-Africa,
Indien India, Kina China, Kinas Chinese, Korea Korea, Sydkorea South-Korea, Filippinerne Philippines, Cambodja Cambodia,
Mongoliet Mongolia, Usbekistan Uzbekistan, Kasakhstan Kazakhstan, Kirgisistan Kyrgyzstan, Tadsjikistan Tajikistan,
Turkmenistan Turkmenistan, Aserbajdsjan Azerbaijan, Armenien Armenia, Georgien Georgia, Nordpolen North-Pole,
Brasilien Brazil, Cuba Cuba, Caribien Caribbean, Atlanten Atlantic, Stillehavet Pacific, Middelhavet Mediterranean,
Californien California, Pyrenæerne Pyrenees, Alperne Alps, Karpaterne Carpathians, Muhammed Muhammad, Jesus Jesus,
Kristus Christ, Moses Moses, Frederik Frederick, Margrethe Margaret, Sokrates Socrates, Platon Plato,
Aristoteles Aristotle, Homer Homer, Cæsar Caesar
"""
_OWN_FORMS = frozenset(
    part for pair in _FORMS.split(",") for name in pair.split() for part in (name, *name.split("-"))
)

_NAME = re.compile(r"[A-ZÆØÅÄÖÜÉ][\w-]*[\w]")
_RUN = re.compile(rf"{_NAME.pattern}(?: {_NAME.pattern}){{2,}}")
_ALIKE = 0.7  # of 1, difflib's ratio
_SURELY_ALIKE = 0.85  # where any word has a capital: at the start of a sentence, and in a title
_ENDING = 4  # letters at the end of a word, which grammar and exonyms change
_MIN_LETTERS = 4
# How the two languages spell one sound: "Konservative", "Conservative"; "Teknologi", "Technology".
_SPELLINGS = (
    ("ph", "f"),
    ("ch", "k"),
    ("qu", "kv"),
    ("th", "t"),
    ("x", "ks"),
    ("c", "k"),
    ("y", "i"),
    ("w", "v"),
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:»\"“(–-] )\W*$")


def _bare(name: str, language: str) -> str:
    """The name without the genitive of its language: "Nielsens", "Nielsen's", both ``Nielsen``."""
    if language == "en":
        return re.sub(r"['’]s?$", "", name)
    return name.removesuffix("s") if len(name) > _MIN_LETTERS else name


def _spelled(word: str) -> str:
    for theirs, ours in _SPELLINGS:
        word = word.replace(theirs, ours)
    return word


def _differ_in_ending(left: str, right: str) -> bool:
    same = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    return max(len(left), len(right)) - same <= _ENDING and left[-2:] != right[-2:]


def _likeness(left: str, right: str) -> float:
    return SequenceMatcher(None, left.lower(), right.lower(), autojunk=False).ratio()


def _is_slip(wrong: str, right: str, least: float = _ALIKE) -> bool:
    """Whether one may be the other misspelled, rather than its form in another language.

    Example:
        >>> _is_slip("Charlottennlund", "Charlottenlund"), _is_slip("Croatia", "Kroatien")
        (True, False)
        >>> _is_slip("Technology", "Teknologi"), _is_slip("Nationalbanken", "National")
        (False, False)
    """
    if _likeness(wrong, right) < least:
        return False
    short, long = sorted((wrong.lower(), right.lower()), key=len)
    if len(long) - len(short) > 2 and (long.startswith(short) or long.endswith(short)):
        return False  # of a compound: "Disney", "Disney-parken"
    if _differ_in_ending(short, long):
        return False
    left, other = _spelled(short), _spelled(long)
    return (left, other) == (short, long) or not (left == other or _differ_in_ending(left, other))


def _is_own_word(word: str, language: str, is_whole: Callable[[str], bool]) -> bool:
    """Whether the target language has the word: the model knows it whole, capital or not, or it is in `_FORMS`."""
    bare = _bare(word, language)
    forms = {word, bare, bare.removesuffix("s")}
    return not forms.isdisjoint(_OWN_FORMS) or any(is_whole(f) or is_whole(f.lower()) for f in forms)


def with_names(source: str, target: str, language: str, is_whole: Callable[[str], bool]) -> str:
    """The target with misspelled names as the source has them.

    Args:
        source: A sentence.
        target: Its translation.
        language: Of the target.
        is_whole: Whether the model has a target word in one piece: such a word is not a slip.

    Example:
        >>> with_names("Lisbeth bor i Danmark.", "Libeth lives in Denmark.", "en", {"Denmark"}.__contains__)
        'Lisbeth lives in Denmark.'
    """
    target = _with_whole_names(source, target)
    words = [match[0] for match in re.finditer(r"\w{4,}", source)]
    is_title = len(words) > 2 and sum(word[0].isupper() for word in words) * 3 > len(words) * 2
    there: dict[str, float] = {}  # each name of the source, and how alike a slip of it must be
    for match in _NAME.finditer(source):
        anywhere = is_title or _SENTENCE_START.search(source[: match.start()])
        there[match[0]] = min(there.get(match[0], 1.0), _SURELY_ALIKE if anywhere else _ALIKE)
    missing = {
        name: least for name, least in there.items() if len(name) >= _MIN_LETTERS and name not in target
    }
    if not missing:
        return target
    other = "da" if language == "en" else "en"
    for wrong in dict.fromkeys(_NAME.findall(target)):
        if len(wrong) < _MIN_LETTERS or wrong in there or _is_own_word(wrong, language, is_whole):
            continue
        forms = {form: name for name in missing for form in (name, _bare(name, other)) if form not in target}
        best = max(forms, key=lambda form: _likeness(wrong, form), default=None)
        if best is not None and _is_slip(wrong, best, missing[forms[best]]):
            right = f"{best}s" if other == "en" and re.search(rf"{re.escape(best)}['’]s\b", source) else best
            target = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", right, target)
            del missing[forms[best]]
    return target


def _with_whole_names(source: str, target: str) -> str:
    """Names of three words or more, of which one within became another: "New Local Regulatory Network".

    Where the words on both sides of it stayed as they are, the name was not translated.

    Example:
        >>> _with_whole_names("The New Local Government Network met.", "New Local Regulatory Network mødtes.")
        'New Local Government Network mødtes.'
    """
    for run in _RUN.findall(source):
        if run in target:
            continue
        words = run.split()
        for before, word, after in zip(words, words[1:], words[2:], strict=False):
            other = rf"(?<!\w)({re.escape(before)} ){_NAME.pattern}(?= {re.escape(after)}(?!\w))"
            target = re.sub(other, rf"\g<1>{word}", target, count=1)
    return target
