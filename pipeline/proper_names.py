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
_ALIKE = 0.7  # of 1, difflib's ratio
_ENDING = 4  # letters at the end of a word, which grammar and exonyms change
_MIN_LETTERS = 4


def _bare(name: str, language: str) -> str:
    """The name without the genitive of its language: "Nielsens", "Nielsen's", both ``Nielsen``."""
    if language == "en":
        return re.sub(r"['’]s?$", "", name)
    return name.removesuffix("s") if len(name) > _MIN_LETTERS else name


def _is_slip(wrong: str, right: str) -> bool:
    """Whether one may be the other misspelled, rather than its form in another language.

    Example:
        >>> _is_slip("Charlottennlund", "Charlottenlund"), _is_slip("Croatia", "Kroatien")
        (True, False)
    """
    short, other = wrong.lower(), right.lower()
    if SequenceMatcher(None, short, other, autojunk=False).ratio() < _ALIKE:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, other, strict=False)) if a != b), len(short))
    rest = max(len(short), len(other)) - same
    part = other.startswith(short) or other.endswith(short)  # of a compound: "Disney", "Disney-parken"
    return (rest > _ENDING or short[-2:] == other[-2:]) and not (part and len(other) - len(short) > 2)


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
    there = set(_NAME.findall(source))
    missing = [
        name
        for name in dict.fromkeys(_NAME.findall(source))
        if len(name) >= _MIN_LETTERS and name not in target
    ]
    other = "da" if language == "en" else "en"
    for wrong in dict.fromkeys(_NAME.findall(target)):
        if len(wrong) < _MIN_LETTERS or wrong in there or _is_own_word(wrong, language, is_whole):
            continue
        alike = [(name, _bare(name, other)) for name in missing]
        best = max(
            (form for name, bare in alike for form in dict.fromkeys((name, bare)) if form not in target),
            key=lambda form: SequenceMatcher(None, wrong.lower(), form.lower(), autojunk=False).ratio(),
            default=None,
        )
        if best is not None and _is_slip(wrong, best):
            right = f"{best}s" if other == "en" and re.search(rf"{re.escape(best)}['’]s\b", source) else best
            target = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", right, target)
            missing = [name for name in missing if best not in (name, _bare(name, other))]
    return target
