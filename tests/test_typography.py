from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.typography import dressed, lowered, plain


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("Det er godt.", "It is good...", "It is good."),
        ("Det er godt.", "It is good…", "It is good."),
        ("Det er godt.", "It is good", "It is good."),
        ("Pris i kr.", "Price in crowns", "Price in crowns."),
        ("Byen og havet", "The town and the sea.", "The town and the sea"),
        ("Byen og havet", "The town and the U.S.", "The town and the U.S."),
        ("Vent …", "Wait ...", "Wait …"),
        ("Han siger:", "He says.", "He says:"),
        ("Hvorfor?", "Why!", "Why!"),
        ("Er det sandt", "Is it true?", "Is it true?"),
        ("»Nej,« siger hun.", '"No," she says.', "»No,« she says."),
        ("“Yes,” he says.", '" Ja, " siger han.', "“Ja,” siger han."),
        ("Han sagde “ja” to gange.", 'He said "yes twice.', 'He said "yes twice.'),
        ("Byen – og havet", "The town - and the sea", "The town – and the sea"),
        ("It’s here", "It's here", "It’s here"),
        ("KRIGEN MOD NARKOTIKA", "The war on drugs", "THE WAR ON DRUGS"),
        ("krigen", "The war", "the war"),
        ("krigen", "NATO", "NATO"),
        ("jeg", "I am", "I am"),
        ("The council", "råden", "Råden"),
        ("“The council”", '"råden"', "“Råden”"),
        ("3 ting", "Three things", "Three things"),
        ("Det koster 1.234,56 kr.", "It costs DKK 1.234.56.", "It costs DKK 1.234,56."),
        ("It costs 1,200.", "Det koster 1.200.", "Det koster 1,200."),
        ("I 2016 kom 10 %", "In 2016 came 10%", "In 2016 came 10%"),
        ("3 af 4", "3 of 5", "3 of 5"),
        ("", "a", "a"),
        ("A", "", ""),
        # Digits as high or low as they were.
        (
            "CO₂-niveauet er 3,2 m² i 2002.",
            "The CO2 level is 3.2 m2 in 2002.",
            "The CO₂ level is 3,2 m² in 2002.",
        ),
        ("Det er sandt.¹ Og¹² mere", "It is true.1 And12 more", "It is true.¹ And¹² more"),
        (
            'Han sagde "nej".³',
            'He said "no."3',
            'He said "no."³',
        ),  # a note's mark, and the source's quotation marks
        ("(2) 25 m²", "(2) 25 m2", "(2) 25 m²"),
        ("H2 og m²", "H2 and m2", "H2 and m²"),
        ("10³ og 2²", "103 and 22", "10³ and 2²"),
        ("10³ er tusind", "10 3 is thousand", "10 3 is thousand"),  # left to the check of numbers
        ("ordet² her", "the word2 here", "the word² here"),
        ("CO₂ og CO₂", "CO2 and CO2", "CO₂ and CO₂"),
        ("Vand²", "Water", "Water"),
        ("¹ Kilde: s. 4", "1 Source: p. 4", "¹ Source: p. 4"),
        ("CO2 i 2002", "CO2 in 2002", "CO2 in 2002"),
        ("smaller to medium-sized firms", "mindre-og mellemstore firmaer", "mindre- og mellemstore firmaer"),
        ("Træk-og slip er navnet.", "Drag-and drop is the name.", "Drag-and drop is the name."),
        # Dashes and minus signs of numbers.
        ("side 4–7", "pages 4-7", "pages 4–7"),
        ("side 4–7 og 1990–95", "pages 4 – 7 and 1990-95", "pages 4–7 and 1990–95"),
        ("side 4-7", "pages 4-7", "pages 4-7"),
        ("et fald (−4 %)", "a fall (-4%)", "a fall (−4%)"),
        ("−4 og -5", "-4 and -5", "-4 and -5"),  # which of them is which cannot be told
    ],
)
def test_dressed(source: str, target: str, expected: str) -> None:
    assert dressed(source, target) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KRIG OG FRED", "Krig og fred"),
        ("„KRIG OG FRED“", '"Krig og fred"'),
        ("3.2 VELFÆRD", "3.2 velfærd"),
        ("NATO", "NATO"),
        ("Krig", "Krig"),
        ("»Nej,« sagde hun – og gik …", '"Nej," sagde hun – og gik ...'),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


WORDS = st.text(alphabet="abcÆå \"“”»«.!?…:-–'’", max_size=30)


@given(WORDS, WORDS)
def test_words_stay(source: str, target: str) -> None:
    letters = [char.lower() for char in dressed(source, target) if char.isalpha()]
    assert letters == [char.lower() for char in target if char.isalpha()]


@given(WORDS)
def test_a_text_wears_its_own_clothes(text: str) -> None:
    assert dressed(text, text).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Velfærd", "velfærd"),
        ("The EU and Health", "the EU and health."),
        ("HVAD NU?", "hvad nu?"),
        ("Appendix 4", "appendix 4."),
        ("", ""),
    ],
)
def test_a_heading_as_a_sentence(text: str, sentence: str) -> None:
    assert lowered(text) == sentence
