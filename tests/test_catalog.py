from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tosprog.models.catalog import ModelEntry, load_catalog
from tosprog.models.errors import ModelError
from tosprog.models.languages import DIRECTIONS, parse_direction

GOOD = """
[[model]]
name = "mine"
task = "translate"
directions = ["da-en"]
channel = "folder"
source = "/somewhere"
backend = "ctranslate2"
licence = "MIT"
max_tokens = 100
"""
SUM = "ab" * 32


def write(folder: Path, text: str) -> Path:
    path = folder / "catalog.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_catalog() -> None:
    entries = load_catalog()
    assert [(e.name, e.channel, e.backend) for e in entries] == [
        ("tosprog-da-en", "bundled", "ctranslate2"),
        ("tosprog-en-da", "bundled", "ctranslate2"),
        ("opus-mt-da-en", "hub", "transformers"),
        ("opus-mt-en-da", "hub", "transformers"),
        ("opus-mt-tc-big-gmq-en", "hub", "transformers"),
        ("opus-mt-tc-big-en-gmq", "hub", "transformers"),
        ("nllb-200-distilled-600m", "hub", "transformers"),
        ("qwen2.5-coder-1.5b", "index", "llamacpp"),
        ("smollm2-135m", "index", "llamacpp"),
        ("distilbart-cnn-12-6", "hub", "transformers"),
        ("bart-large-cnn", "hub", "transformers"),
        ("long-t5-book-summary", "hub", "transformers"),
        ("dansumt5-base", "hub", "transformers"),
        ("scandi-nli-base", "hub", "transformers"),
    ]
    by_name = {entry.name: entry for entry in entries}
    assert by_name["opus-mt-tc-big-en-gmq"].prefix == ">>dan<<"
    assert by_name["nllb-200-distilled-600m"].language_codes == (("da", "dan_Latn"), ("en", "eng_Latn"))
    assert by_name["nllb-200-distilled-600m"].directions == DIRECTIONS


def test_only_nllb_forbids_commercial_use_and_says_so() -> None:
    assert [(e.name, e.licence) for e in load_catalog() if e.non_commercial] == [
        ("nllb-200-distilled-600m", "CC-BY-NC-4.0")
    ]
    assert all(e.non_commercial == ("-NC" in e.licence) for e in load_catalog())


def test_the_default_of_each_direction_is_bundled_and_free() -> None:
    entries = load_catalog()
    for direction in DIRECTIONS:
        (bundled,) = [e for e in entries if e.channel == "bundled" and direction in e.directions]
        assert bundled.name == f"tosprog-{direction}"
        assert not bundled.non_commercial


def test_own_catalog_comes_after_the_shipped_one(tmp_path: Path) -> None:
    *shipped, mine = load_catalog(write(tmp_path, GOOD))
    assert tuple(shipped) == load_catalog()
    assert (mine.name, mine.directions, mine.source) == ("mine", (parse_direction("da-en"),), "/somewhere")


def test_empty_catalog(tmp_path: Path) -> None:
    assert load_catalog(write(tmp_path, "")) == load_catalog()


INDEX = f"""
[[model]]
name = "parts"
task = "translate"
directions = ["en-da"]
channel = "index"
packages = ["part-one==1.0", "part-two==1.0"]
members = {{ "model.bin" = ["one/a.bin", "two/b.bin"] }}
sha256 = {{ "model.bin" = "{SUM}" }}
backend = "ctranslate2"
licence = "MIT"
max_tokens = 100
"""


def test_index_entry(tmp_path: Path) -> None:
    entry = load_catalog(write(tmp_path, INDEX))[-1]
    assert entry.packages == ("part-one==1.0", "part-two==1.0")
    assert entry.members == (("model.bin", ("one/a.bin", "two/b.bin")),)
    assert entry.sha256 == (("model.bin", SUM),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + 'licens = "MIT"\n', "unknown key 'licens'; legal is backend, "),
        (GOOD.replace("licence", "#"), "licence missing"),
        (GOOD.replace('"mine"', '"opus-mt-da-en"'), "two catalog entries are named 'opus-mt-da-en'"),
        (GOOD + GOOD, "two catalog entries are named 'mine'"),
        (GOOD.replace('"mine"', '"../mine"'), "name: legal are"),
        (GOOD.replace('"folder"', '"ftp"'), "channel = 'ftp'; legal is bundled, hub, index, folder"),
        (GOOD.replace('"ctranslate2"', '"onnx"'), "backend = 'onnx'; legal is ctranslate2, transformers"),
        (GOOD.replace('"translate"', '"sing"'), "task = 'sing'; legal is translate, summarize"),
        (GOOD.replace("da-en", "da-de"), "unknown language 'de'"),
        (GOOD.replace('["da-en"]', '"da-en"'), "directions must be a list of strings"),
        (GOOD.replace("directions", "#"), "directions is missing"),
        (GOOD.replace("100", '"100"'), "max_tokens must be of type int"),
        (GOOD.replace("100", "true"), "max_tokens must be of type int"),
        (GOOD.replace("100", "1"), "max_tokens = 1"),
        (GOOD.replace("source", "#"), "source is missing"),
        (GOOD.replace('"folder"', '"hub"'), "revision is missing"),
        (GOOD + 'sha256 = { "model.bin" = "abc" }\n', "sha256 of 'model.bin' is 'abc'"),
        (GOOD + f'sha256 = {{ "../x" = "{SUM}" }}\n', "file '../x'; legal is a plain file name"),
        (GOOD + 'language_codes = { de = "x" }\n', "unknown language 'de'"),
        (
            INDEX.replace("part-one==1.0", "part-one"),
            "packages = ['part-one']; legal is a list of name==version",
        ),
        (INDEX.replace("part-one==1.0", "--index-url=x==1"), "legal is a list of name==version"),
        (INDEX.replace("sha256 =", "#"), "members and a sha256 for each of them"),
        (INDEX.replace('members = { "model.bin"', 'members = { "/etc/x"'), "members and a sha256 for each"),
        ("[model]\n", "'model' must be a list of tables"),
        ("[[models]]\n", "unknown key 'models'"),
        ("[[model]\n", "is not TOML"),
    ],
)
def test_a_wrong_catalog_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_catalog(write(tmp_path, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value) or "TOML" in str(caught.value)


def test_a_catalog_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot read the catalog"):
        load_catalog(tmp_path / "none.toml")


def test_entries_are_checked_when_made_in_code(tiny_entry: Callable[..., ModelEntry]) -> None:
    with pytest.raises(ModelError, match="max_tokens = 0"):
        tiny_entry(max_tokens=0)
