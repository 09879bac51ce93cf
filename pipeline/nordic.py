"""Norwegian and Swedish told from Danish, by words, endings and letters that the one has and the other lacks.

N-grams will not do: Danish and Norwegian Bokmål share most of their words, and lingua takes one Danish sentence in
ten for Norwegian. So evidence is counted, what speaks for Danish against it, and a segment is in another language
where two pieces are left; one with less goes by the segments around it. docs/detection.md has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

NORDIC = ("nb", "nn", "sv")

# Words by those of the four languages that use them (a rarity does not count: Danish has "slik", sweets).
_WORDS = {
    "da": "af hvad noget nogle nogen bliver blevet gør gøre mellem gennem uden anden andet hvornår lidt bedst måske "
    "tænker ud op ind jeres gået fået lavet uge børnene kvinder mænd spørgsmål sprog sproget vejen længe længere "
    "drengen drenge pigen pige bag bruges bruge hedder sagde mod gik fik hjælp hjælpe billede syntes været hende "
    "blandt gerne siger lige ude inde udenfor hinanden meget os",
    "da nb": "ikke jeg fra hvis hvor hvordan hvorfor hvem være et hvert bare sammen",
    "da nb nn": "og når også siden ved vil mens",
    "da nb sv": "en kom",
    "da sv": "mig dig efter nu igen aldrig blev sådan haft omkring",
    "nb": "noe noen mye hva hennes ble vært boka boken fikk gikk kjøpte bodde jobben skjedde heter leser tenkte visste "
    "jenta jenter sa spurte bruke bruker brukes bilde bildet uke uken ga sto dro krever vennene vei veien nei kveld "
    "kvelden ennå utviklet jente våre hendelser forskjell forskjellig umulig høyere viktigere nåværende ukene",
    "nb nn": "etter opp inn enn seg meg deg dere gjennom innenfor utenfor hvitt takk sånn tilbake hatt hjelpe sist "
    "ettersom oppå utover etterpå inni hvite rett gutten sjøen dersom slik tatt gitt fremdeles fortsatt slutt veldig "
    "uten måte måten brukte mellom lenge lenger deretter lese tilbyr eldre skjer takket hjelp",
    "nb nn sv": "av mot blir bli oss språk språket alltid svart ut sitt mitt ditt kanskje siste gir ta brukt nivå vår "
    "tar sett ett",
    "nb sv": "vet annen trenger mer liten jobb egenskaper",
    "nn": "ikkje eg ein eit frå dei ho kva kven korleis kvifor noko nokre nokon berre meir mykje vere vart verte blei "
    "gjer gjera heile saman kjem fleire finst sjå sjølv dykk dykkar gongar elles vegen skulen arbeidde budde trur lesa "
    "gjekk fekk løysing mogleg vanleg tenkjer kvarandre seinare tidlegare fyrste åleine veke vikt likte skreiv snø "
    "seier verta desse vera",
    "nn sv": "namn utan något kunna vara kvar stad staden då sidan medan inga",
    "sv": "och att är jag inte för från också när vem vilka vilken vilket mycket många någon några inget varit göra "
    "säger gick fick upp mellan än sådana andra flera fler gång gånger själv måste bör vecka där här varför även ännu "
    "innan genom över bättre större första nästa samhälle fråga frågor människor språken ska idag igår imorgon veckor "
    "kvinna pojke flicka flickan dricka köpte läser läsa vänner vän hemma kväll morgon dåligt ibland verkligen tack "
    "utanför gör",
}
_USED_IN = {word: frozenset(codes.split()) for codes, words in _WORDS.items() for word in words.split()}
_ENDINGS = tuple(
    (frozenset(codes.split()), re.compile(rf"\w{{2,}}(?:{endings})"))
    for codes, endings in (
        ("nb nn", "sjon|sjonen|sjoner|sjonene|sjonar"),
        ("nb sv", "het|heten|heter"),
        ("nn sv", "ingar|heita"),
        ("nb nn", "skapet?|skaper|bruk|verk"),
        ("nn", "ingane|asjonane|legare"),
        ("sv", "ningarna|tionerna|ligen"),
        ("da sv", "tion|tionen|tioner"),
        ("da", "hed|heden|heder|hederne|tionerne"),
    )
)
_LETTERS = ((frozenset(("sv",)), re.compile("[äö]")), (frozenset(("da", "nb", "nn")), re.compile("[æø]")))
_ENOUGH = 2.0
# Of what the segments around say, as far as it tips a doubt and never turns what is sure.
_NEAR, _FAR, _MOST = 0.5, 0.25, 2.0


def nordic_evidence(words: Sequence[str]) -> dict[str, float]:
    """How many pieces of evidence speak for each of `NORDIC` and against Danish, less those that say the reverse.

    Args:
        words: In small letters.

    Example:
        >>> nordic_evidence("det er noe jeg ikke liker".split())
        {'nb': 1.0, 'nn': -2.0, 'sv': -2.0}
    """
    found = list(_pieces(words))
    return {code: float(sum((code in used) - ("da" in used) for used in found)) for code in NORDIC}


def nordic_languages(
    rows: Sequence[Sequence[dict[str, float] | None]],
) -> list[list[tuple[str, float] | None]]:
    """The language of segments by their own words and, where these leave a doubt, by their block and document.

    Args:
        rows: For each block its segments' evidence; None for a segment that is out of the question.

    Returns:
        The same shape, a language with its confidence; None where a segment may be Danish.
    """
    blocks = [_sum(row) for row in rows]
    document = _sum(blocks)
    return [
        [None if own is None else _with_context(own, block, document) for own in row]
        for row, block in zip(rows, blocks, strict=True)
    ]


def _pieces(words: Sequence[str]) -> Iterator[frozenset[str]]:
    """For each piece of evidence the languages that it speaks for."""
    for word in words:
        if word in _USED_IN:
            yield _USED_IN[word]
        else:
            yield from (codes for codes, ending in _ENDINGS if ending.fullmatch(word))
    # Letters count once: German and Finnish have them too.
    yield from (codes for codes, letters in _LETTERS if any(letters.search(word) for word in words))


def _language(evidence: dict[str, float]) -> tuple[str, float] | None:
    code = max(evidence, key=lambda one: evidence[one])
    return (code, _confidence(evidence[code])) if evidence[code] >= _ENOUGH else None


def _with_context(
    own: dict[str, float], block: dict[str, float], document: dict[str, float]
) -> tuple[str, float] | None:
    scores = {}
    for code, value in own.items():
        near = _NEAR * (block[code] - value)
        far = _FAR * (document[code] - block[code])
        scores[code] = value + max(-_MOST, min(_MOST, near)) + max(-_MOST, min(_MOST, far))
    return _language(own) or _language(scores)


def _sum(row: Sequence[dict[str, float] | None]) -> dict[str, float]:
    return {code: sum(one[code] for one in row if one is not None) for code in NORDIC}


def _confidence(pieces: float) -> float:
    """Two pieces are 0.9, three 0.95, and so on."""
    return round(1 - 0.4 / 2 ** min(pieces, 10), 4)
