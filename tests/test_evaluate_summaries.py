"""Summaries are measured as published figures are, and on the same sentences for every system."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend
from tosprog.models.errors import InputError, UsageError
from tosprog.models.languages import Direction
from tosprog.pipeline.baselines import BASELINES, quote
from tosprog.pipeline.cli import main
from tosprog.pipeline.evaluate_summaries import (
    Interval,
    SnowballTokenizer,
    SummaryEvaluation,
    bootstrap,
    evaluate_summaries,
)
from tosprog.pipeline.evaluation_texts import EvaluationText, read_texts, sample_texts
from tosprog.pipeline.summary import (
    Note,
    Rejected,
    SentenceKind,
    Source,
    Summary,
    SummaryOptions,
    SummarySentence,
)

pytest.importorskip("rouge_score")
pytest.importorskip("sumy")

SENTENCES = [
    "The town library lends tools as well as books.",
    "Members borrow drills, ladders and sewing machines from the library for a week.",
    "Nobody is fined for the first late day.",
    "The library wants to lend more tools next year, if the council pays for the room.",
]
DANISH = "# Biblioteket\n\nBiblioteket låner værktøj ud til alle i byen. Ingen får en bøde den første dag.\n"


def no_backend(direction: Direction) -> Backend:
    raise AssertionError(direction)


def jsonl(folder: Path, *rows: object) -> Path:
    path = folder / "texts.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def essays(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
        references = {"da": "Biblioteket låner værktøj ud.", "en": ["The library lends tools.", "Tools."]}
        (folder / f"{name}.json").write_text(json.dumps(references), encoding="utf-8")
    return folder


def texts_of(folder: Path, count: int = 1, target: str = "The library lends tools.") -> list[EvaluationText]:
    return read_texts(jsonl(folder, *[{"source": SENTENCES, "target": [target]}] * count))


def saying(text: str, **more: Any) -> Callable[[EvaluationText, SummaryOptions], Summary]:
    """A system that always says the same."""
    source = Source(SENTENCES[0], 0, 0, 1)
    row = SummarySentence(text, (source,), kind=SentenceKind.WRITTEN)
    return lambda _, options: Summary(
        (row,), more.get("notes", ()), 4, options, "x", more.get("rejected", ())
    )


def f1(done: SummaryEvaluation, name: str) -> list[float]:
    (one,) = (system for system in done.systems if system.system == name)
    return [round(score.f1.mean, 2) for score in one.scores]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("køb", ["køb"]),
        ("Køb 12 BØGER, og læs dem!", ["køb", "12", "bøg", "og", "læs", "dem"]),
        (unicodedata.normalize("NFD", "Ålene på åen"), ["ålen", "på", "åen"]),
        ("_§ 3_", ["3"]),
        ("", []),
    ],
)
def test_danish_words_are_kept_whole_and_stemmed(text: str, expected: list[str]) -> None:
    assert SnowballTokenizer("danish").tokenize(text) == expected


@pytest.mark.parametrize(
    ("summary", "targets", "expected"),
    [
        ("The library lends tools.", ["The library lends tools."], [100, 100, 100]),
        ("Libraries lend a tool.", ["The library lends tools."], [75, 33.33, 75]),  # Porter's stems
        ("Red green blue.", ["The library lends tools."], [0, 0, 0]),
        ("a b c d", ["x y z", "a b c d", "a"], [100, 100, 100]),
        # The first has the better ROUGE-1, the second the better ROUGE-2; one reference counts for all.
        ("a b c d", ["d c b a", "a b x y"], [100, 0, 25]),
    ],
)
def test_the_best_reference_counts(
    tmp_path: Path, summary: str, targets: list[str], expected: list[float]
) -> None:
    texts = read_texts(jsonl(tmp_path, {"source": SENTENCES, "target": targets}))
    done = evaluate_summaries(texts, SummaryOptions(1), load=no_backend, systems={"model": saying(summary)})
    assert f1(done, "model") == expected


def test_all_systems_run_on_the_same_texts_within_the_same_limit(tmp_path: Path) -> None:
    done = evaluate_summaries(texts_of(tmp_path, 3), SummaryOptions(2), load=no_backend)
    assert [one.system for one in done.systems] == [
        "extractive",
        "lead",
        "random, mean of 5",
        "LexRank (sumy)",
        "TextRank (sumy)",
    ]
    assert done.systems[0].scores[0].difference is None
    assert done.systems[1].summaries == (" ".join(SENTENCES[:2]),) * 3
    assert {(one.length_kept, one.support_rate, one.fell_back) for one in done.systems} == {(1, None, 0)}
    assert done.texts == ("line 1", "line 2", "line 3")
    assert done.signature.startswith(
        "texts:3|lang:en|F1|refs:best-rouge1|tok:a-z0-9|stem:porter|bootstrap:1000"
    )


def test_the_figures_are_the_same_each_time(tmp_path: Path) -> None:
    texts = read_texts(
        jsonl(
            tmp_path, *[{"source": SENTENCES[i:] + SENTENCES[:i], "target": [SENTENCES[0]]} for i in range(4)]
        )
    )
    first, second = (evaluate_summaries(texts, SummaryOptions(1), load=no_backend) for _ in range(2))
    assert [one.scores for one in first.systems] == [one.scores for one in second.systems]
    lead = first.systems[1].scores[0]
    assert lead.f1.low <= lead.f1.mean <= lead.f1.high
    assert lead.f1.low < lead.f1.high
    assert lead.difference is not None
    assert round(first.systems[0].scores[0].f1.mean + lead.difference.mean, 6) == round(lead.f1.mean, 6)


def test_the_bootstrap_of_equal_values_has_no_width() -> None:
    draws = np.random.default_rng(0).integers(3, size=(1000, 3))
    assert bootstrap(np.array([5.0, 5.0, 5.0]), draws) == Interval(5, 5, 5)
    one = bootstrap(np.array([0.0, 10.0, 50.0]), draws)
    assert (round(one.mean), round(one.low, 6), round(one.high)) == (20, 0, 50)


def test_what_a_model_did_is_counted(tmp_path: Path) -> None:
    model = saying("Nine words are more than the eight allowed here.", rejected=(Rejected("x", ("y",)),))
    fallen = saying("Quoted.", notes=(Note.FELL_BACK,))
    done = evaluate_summaries(
        texts_of(tmp_path),
        SummaryOptions(None, words=8),
        load=no_backend,
        systems={"model": model, "fallen": fallen},
    )
    rows = [(one.support_rate, one.length_kept, one.fell_back, one.words) for one in done.systems[-2:]]
    assert rows == [(0.5, 0, 0, 9), (1, 1, 1, 1)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (SummaryOptions(1), [0]),
        (SummaryOptions(9), [0, 1, 2, 3]),
        (SummaryOptions(None, words=17), [0, 2]),  # the second has 13 words
        (SummaryOptions(1, words=17), [0]),
        (SummaryOptions(None, words=3), [0]),  # none fits: the best, whole
    ],
)
def test_lead_takes_what_fits(tmp_path: Path, options: SummaryOptions, expected: list[int]) -> None:
    (text,) = texts_of(tmp_path)
    summary = quote(text, BASELINES["lead"][0](text), options)
    assert [one.text for one in summary.sentences] == [SENTENCES[i] for i in expected]
    assert [one.sources[0].segment for one in summary.sentences] == expected


@given(words=st.integers(9, 60), name=st.sampled_from(sorted(BASELINES)))
def test_baselines_obey_the_limit_and_read_in_order(
    tmp_path_factory: pytest.TempPathFactory, words: int, name: str
) -> None:
    (text,) = texts_of(tmp_path_factory.mktemp("limit"))
    for rank in BASELINES[name]:
        order = rank(text)
        assert sorted(order) == [0, 1, 2, 3]
        assert list(order) == list(rank(text))
        summary = quote(text, order, SummaryOptions(None, words=words))
        assert 0 < len(summary.text.split()) <= words
        places = [one.sources[0].segment for one in summary.sentences]
        assert places == sorted(set(places))


def test_sumy_ranks_sentences_that_share_nothing(tmp_path: Path) -> None:
    texts = read_texts(
        jsonl(
            tmp_path,
            {"source": ["Red cars stop."], "target": ["x"]},
            {"source": ["One.", "Two."], "target": ["x"]},
        )
    )
    for name in ("LexRank (sumy)", "TextRank (sumy)"):
        assert [sorted(BASELINES[name][0](text)) for text in texts] == [[0], [0, 1]]


def test_a_sample_is_always_the_same_and_in_order(tmp_path: Path) -> None:
    texts = texts_of(tmp_path, 20)
    assert [text.name for text in sample_texts(texts, 4)] == ["line 2", "line 9", "line 13", "line 14"]
    assert sample_texts(texts, None) == sample_texts(texts, 20) == sample_texts(texts, 99) == texts


def test_essays_in_the_other_language_are_translated_in_both_orders(tmp_path: Path) -> None:
    (text,) = read_texts(essays(tmp_path, bibliotek=DANISH), "en")
    assert (text.name, text.language, text.is_foreign) == ("bibliotek", "en", True)
    assert text.references == ("The library lends tools.", "Tools.")
    done = evaluate_summaries([text], SummaryOptions(1), load=DoubleBackend)
    assert [one.system for one in done.systems[:3]] == [
        "extractive, then translated",
        "translated, then extractive",
        "lead",
    ]
    summaries = {summary for one in done.systems for summary in one.summaries}
    assert all(summary.startswith("[en] ") for summary in summaries)


def test_essays_in_their_own_language_call_no_model(tmp_path: Path) -> None:
    texts = read_texts(essays(tmp_path, b=DANISH, a=DANISH))
    done = evaluate_summaries(texts, SummaryOptions(None, words=9), load=no_backend)
    assert (done.texts, done.language, done.systems[0].system) == (("a", "b"), "da", "extractive")
    assert "tok:unicode-words|stem:snowball-danish" in done.signature


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"texts\.jsonl, line 2: no JSON \(Expecting property name .* at column 2\)"),
        ("[]", r"texts\.jsonl, line 2: list where a JSON object is legal"),
        ('{"target": ["x"]}', "line 2: 'source' is missing; legal is a list of texts, none of them empty"),
        ('{"source": ["x"], "target": "x"}', "line 2: 'target' is \"x\"; legal is a list of texts"),
        ('{"source": [], "target": ["x"]}', r"line 2: 'source' is \[\]; legal"),
        ('{"source": ["x", 3], "target": ["x"]}', r"line 2: 'source' is \[\"x\", 3\]; legal"),
        ('{"source": ["x"], "target": [" "]}', r"line 2: 'target' is \[\" \"\]; legal"),
    ],
)
def test_bad_lines(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(f'{{"source": ["a"], "target": ["b"]}}\n{line}\n', encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_texts(path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no essays; legal are NAME.md with NAME.json beside it"),
        ({"README.md": b"x"}, "holds no essays"),
        ({"a.b.md": b"x"}, r"a\.b\.json is missing"),
        ({"a.json": b"{}"}, r"a\.md is missing"),
        ({"a.md": b"x", "a.json": b"{}"}, r"a\.json: 'da' is missing; legal is a text, or a list of texts"),
        ({"a.md": b"x", "a.json": b'{\n"da": 3\n}'}, r"a\.json: 'da' is 3; legal is a text"),
        ({"a.md": b"x", "a.json": b'{\n"da": x\n}'}, r"a\.json: no JSON \(.* at line 2, column 7\)"),
        ({"a.md": b"x", "a.json": b"\xe6"}, r"a\.json is not UTF-8 at byte 0"),
    ],
)
def test_bad_folders(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_texts(tmp_path)


def test_what_else_cannot_be_measured(tmp_path: Path) -> None:
    empty = jsonl(tmp_path)
    with pytest.raises(InputError, match="has no lines"):
        read_texts(empty)
    with pytest.raises(InputError, match="does not exist"):
        read_texts(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="--to da goes with a folder"):
        read_texts(empty, "da")
    with pytest.raises(InputError, match="no texts"):
        evaluate_summaries([], SummaryOptions(1), load=no_backend)


@pytest.mark.parametrize(
    ("missing", "name"), [("rouge_score.rouge_scorer", "rouge-score"), ("sumy.summarizers.lex_rank", "sumy")]
)
def test_a_missing_library_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, name: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    with pytest.raises(UsageError, match=rf"needs {name}; type: pip install 'tosprog\[evaluate\]'"):
        evaluate_summaries(texts_of(tmp_path), SummaryOptions(1), load=no_backend)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(["evaluate-summaries", *arguments])
    captured = capsys.readouterr()
    assert (stopped.value.code, captured.err) == (0, "")
    return captured.out


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = jsonl(tmp_path, *[{"source": SENTENCES, "target": ["The library lends tools."]}] * 3)
    lines = run(capsys, str(path), "--examples", "1", "--limit", "2").splitlines()
    assert lines[0].split() == "system ROUGE-1 ROUGE-2 ROUGE-L ROUGE-L to the first".split()
    assert lines[2].startswith("lead                         61.5 [61.5, 61.5] ")
    assert "2 texts, --sentences 1; F1 with 95 % intervals" in lines
    first = next(i for i, line in enumerate(lines) if line.startswith("== line "))
    assert lines[first + 1] == "reference: The library lends tools."
    assert f"lead: {SENTENCES[0]}" in lines


def test_the_command_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(run(capsys, str(essays(tmp_path, bibliotek=DANISH)), "--json"))
    assert answer["options"] == {"sentences": None, "words": 90}
    assert answer["references"] == [["Biblioteket låner værktøj ud."]]
    assert answer["systems"][1]["scores"][0]["measure"] == "rouge1"
