"""Small words by which Danish and English are told apart, and a sentence from a name."""

from __future__ import annotations

# Words of one language that the other does not have, or hardly.
_WORDS = (
    "og er ikke det som af på til med jeg hun vi en et den de har var blev bliver kan skal vil være været også efter "
    "mellem hvor hvad hvem når fra eller om dig mig sig du han min din sin der dette denne disse meget mange nogle "
    "noget ingen alle hans hendes deres vores jer sammen så nu ved uden gennem mod blandt samt siden mens fordi hvis "
    "hvordan hvorfor ind ud op ned kun må havde kunne skulle ville sådan derfor dog bare mere mest anden andet andre "
    "hver dem ham hende os selv lige nej igen altid aldrig ifølge"
)
# As written where the keys are missing, and before 1948.
_SPELLED_OUT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_OLD = "eder ej thi hvorledes saadan kunde skulde vilde maatte bleve ere igjen gjennem imellem"
DANISH = frozenset(f"{_WORDS} {_WORDS.translate(_SPELLED_OUT)} {_OLD}".split())
ENGLISH = frozenset(
    "the and of to is was were are be been a an that this these those it he she they we you my your his their our its "
    "with from by on as or but not has had does did will would could should can may might must which who what "
    "when where how why there than into about between because while if no all very in out up such more most other "
    "another some any only them him us also just being through after before since".split()
)
SHARED = frozenset("at have for over under men her i so then do fat for man ten".split())
