"""Norwegian and Swedish are told from Danish; Danish never passes for them. The sentences are written for this."""

from __future__ import annotations

import pytest

from tosprog.pipeline.detect import detect_segments, language_of
from tosprog.pipeline.document import Block, BlockKind
from tosprog.pipeline.segment import segment_block

NORSK = """\
Vi flyttet til den lille øya da jeg var seks år gammel.
Det finnes ingen butikk her, så vi handler maten på fastlandet.
Faren min jobber på fergen og kommer ikke hjem før klokken ni.
Jeg spurte henne hva hun mente, men hun svarte ikke.
Noen av naboene har bodd her hele livet.
Skolen ble bygget etter krigen og er nå altfor stor for bygda.
Hva skal vi gjøre når været blir dårlig?
Det er mye å lære, også for den som tror han vet alt.
Hun gikk opp bakken med en bok under armen.
Om vinteren må vi måke snø nesten hver eneste dag.
De fleste av vennene mine har reist til Oslo.
Kommunen vil ikke bruke mer penger på veien.
Jeg liker best å gå tur alene tidlig om morgenen.
Språket vårt forandrer seg hele tiden.
Han tok båten ut og fikk tre torsk på en time.
Ingen vet hvor lenge fergen kommer til å gå.
Det var vanskelig å finne noe å snakke om.
Etter middagen leste hun et kapittel til i boken.
Vi burde ha spurt oss selv hvorfor ungdommen drar.
Likevel har jeg aldri angret på at vi ble boende."""
NYNORSK = """\
Eg voks opp på ein gard ved fjorden.
Mor mi fortalde meg mange eventyr då eg var lita.
Det er ikkje lett å finne arbeid i bygda.
Kva skal me gjere når skulen vert lagd ned?
Dei unge flyttar til byen og kjem sjeldan heim att.
Eg har berre vore der ein gong.
Ho spurde korleis det gjekk med han.
Noko av det finaste eg veit, er å sitja ved elva.
Vegen er så smal at to bilar ikkje kjem forbi kvarandre.
Me treng fleire lærarar som kan snakke med ungane.
Han sa at han aldri hadde sett så mykje snø.
Kvifor skulle nokon ville bu her?
Frå vindauget ser eg heile dalen.
Dei fyrste åra var tunge, men sidan vart det betre.
Språket mitt er det same som bestemor sitt.
Eg skriv best tidleg om morgonen.
Det finst ikkje nokon som kan erstatte henne.
Om hausten samla dei seg i naustet og song.
Boka handlar om ein gut som leitar etter far sin.
Ingen veit kva som hende den natta."""
SVENSKA = """\
Vi flyttade till ön när jag var sex år gammal.
Det finns ingen affär här, så vi handlar maten på fastlandet.
Min far arbetar på färjan och kommer inte hem före nio.
Jag frågade henne vad hon menade, men hon svarade inte.
Några av grannarna har bott här hela livet.
Skolan byggdes efter kriget och är nu alldeles för stor.
Vad ska vi göra när vädret blir dåligt?
Det är mycket att lära, även för den som tror sig veta allt.
Hon gick uppför backen med en bok under armen.
På vintern måste vi skotta snö nästan varje dag.
De flesta av mina vänner har rest till Stockholm.
Kommunen vill inte lägga mer pengar på vägen.
Jag tycker bäst om att promenera ensam tidigt på morgonen.
Vårt språk förändras hela tiden.
Han tog båten ut och fick tre torskar på en timme.
Ingen vet hur länge färjan kommer att gå.
Det var svårt att hitta något att tala om.
Efter middagen läste hon ett kapitel till i boken.
Vi borde ha frågat oss själva varför ungdomarna åker.
Ändå har jag aldrig ångrat att vi stannade kvar."""
DANSK = """\
Vi flyttede til den lille ø, da jeg var seks år gammel.
Der findes ingen butik her, så vi handler maden på fastlandet.
Min far arbejder på færgen og kommer ikke hjem før klokken ni.
Jeg spurgte hende, hvad hun mente, men hun svarede ikke.
De fleste af mine venner er rejst til Oslo.
Kan vi nå det? Ja, hvis vi går nu.
Slik er ikke sundt.
Hun er vært for et program om vand.
Ble er et ord for noget, som små børn har på.
Han bor i Ålesund og spiser torsk.
Min bror læser norsk i Bergen.
Vår er et gammelt ord for forår."""


def languages(text: str) -> list[str | None]:
    """Of the sentences of a document, two to a paragraph."""
    lines = text.splitlines()
    blocks = [Block(BlockKind.PARAGRAPH, " ".join(lines[i : i + 2])) for i in range(0, len(lines), 2)]
    rows = detect_segments([(block, segment_block(block)) for block in blocks])
    return [segment.language for row in rows for segment in row]


@pytest.mark.parametrize(("text", "code"), [(NORSK, "nb"), (NYNORSK, "nn"), (SVENSKA, "sv")])
def test_an_essay(text: str, code: str) -> None:
    found = languages(text)
    assert len(found) == 20
    least = 18 if code == "nn" else 20  # some Nynorsk may be Bokmål
    assert found.count(code) >= least, list(zip(text.splitlines(), found, strict=True))


@pytest.mark.parametrize(("text", "code"), [(NORSK, "nb"), (NYNORSK, "nn"), (SVENSKA, "sv")])
def test_a_sentence_by_itself(text: str, code: str) -> None:
    found = [language_of(line)[0] for line in text.splitlines()]
    # Much of Bokmål could be Danish: "Han er her."
    assert found.count(code) >= {"nb": 9, "nn": 14, "sv": 16}[code], list(
        zip(text.splitlines(), found, strict=True)
    )
    assert "en" not in found


def test_danish_stays_danish_by_itself_and_among_norwegian() -> None:
    assert [language_of(line)[0] for line in DANSK.splitlines()] == ["da"] * 12
    danish = DANSK.splitlines()[3]
    norwegian = NORSK.splitlines()
    found = languages("\n".join([*norwegian[:10], danish, *norwegian[10:]]))
    assert found[10] == "da"


def test_a_norwegian_quotation_in_a_danish_essay() -> None:
    text = "\n".join([*DANSK.splitlines()[:4], NORSK.splitlines()[3], *DANSK.splitlines()[4:]])
    assert languages(text)[4] == "nb"


def test_one_hint_is_not_enough() -> None:
    assert language_of("Min ven hedder Av.")[0] == "da"
    assert language_of("Yo ho ho, and a bottle of rum.")[0] == "en"


@pytest.mark.parametrize(
    "text",
    [
        "Det er ogsaa muligt, naar man kan faa lov.",
        "Oe og aa er smaa ord.",
        "HVORFOR ER DER SÅ FÅ FUGLE PÅ STRANDEN?",
        "Hvorledes kunde han vide, at Huset var solgt?",
        "Vi have ej seet den gamle Konge i Byen.",
        "Borne leger pa gaden, nar solen skinner.",
    ],
)
def test_danish_in_another_spelling(text: str) -> None:
    assert language_of(text)[0] == "da"
