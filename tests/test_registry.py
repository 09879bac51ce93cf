from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tosprog.models.base import DecodingOptions
from tosprog.models.catalog import ModelEntry, load_catalog
from tosprog.models.errors import ModelCorruptError, ModelError, ModelMissingError, UsageError
from tosprog.models.languages import Direction, parse_direction
from tosprog.models.registry import default_entry, find_entry, load_backend
from tosprog.models.store import Store

Entry = Callable[..., ModelEntry]
DA_EN, EN_DA = parse_direction("da-en"), parse_direction("en-da")
TEXT, ANSWER = "Vi går en tur.", "We go for a walk."


@pytest.fixture
def home(tiny_ctranslate2: Path, tmp_path: Path) -> Store:
    """A store whose bundled da-en model is the tiny one."""
    return Store(tmp_path / "home", bundled=tiny_ctranslate2.parent)


def test_the_default_is_the_bundled_model(home: Store) -> None:
    backend = load_backend(DA_EN, store=home, threads=1)
    assert backend.translate([TEXT], DecodingOptions())[0].text == ANSWER
    assert backend.max_tokens == 128


def test_signature_has_the_recorded_checksum(home: Store) -> None:
    entry = default_entry(DA_EN, load_catalog())
    checksum = home.checksums(entry)["model.bin"]
    assert load_backend(DA_EN, store=home).signature == f"ctranslate2/tosprog-da-en@{checksum[:12]}/int8"


def test_by_catalog_name(home: Store) -> None:
    assert (
        load_backend(DA_EN, "tosprog-da-en", store=home).translate([TEXT], DecodingOptions())[0].text
        == ANSWER
    )


def test_folders_of_both_kinds(ctranslate2_folder: Path, marian_folder: Path) -> None:
    for folder, engine in ((ctranslate2_folder, "ctranslate2"), (marian_folder, "transformers")):
        backend = load_backend(DA_EN, str(folder))
        assert backend.translate([TEXT], DecodingOptions())[0].text == ANSWER
        assert backend.signature.startswith(f"{engine}/")
        assert backend.max_tokens == 512


def test_folder_without_sums_has_its_checksum_computed(
    ctranslate2_folder: Path, tiny_ctranslate2: Path
) -> None:
    (tiny_ctranslate2 / "SHA256SUMS").unlink()
    with_sums, without = (
        load_backend(DA_EN, str(ctranslate2_folder)),
        load_backend(DA_EN, str(tiny_ctranslate2)),
    )
    assert with_sums.signature == without.signature


def test_offline_means_no_sockets(home: Store, marian_folder: Path, no_sockets: None) -> None:
    for model in (None, "tosprog-da-en", str(marian_folder), "double"):
        backend = load_backend(DA_EN, model, offline=True, store=home)
        assert backend.translate([TEXT], DecodingOptions())[0].text in (ANSWER, f"[en] {TEXT}")


@pytest.mark.parametrize("name", ["opus-mt-da-en", "opus-mt-tc-big-gmq-en", "nllb-200-distilled-600m"])
def test_offline_and_not_installed(home: Store, no_sockets: None, name: str) -> None:
    with pytest.raises(ModelMissingError, match=f"when online, type: tosprog models pull {name}$"):
        load_backend(DA_EN, name, store=home)


def test_bundled_but_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="install Tosprog again"):
        load_backend(EN_DA, store=Store(tmp_path, bundled=tmp_path))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("opus-mt-da-eng", "did you mean 'opus-mt-da-en'?"),
        ("xyz", "unknown model 'xyz'; legal is a folder, double, tosprog-da-en"),
        ("./no/such/folder", "unknown model './no/such/folder'"),
        ("", "unknown model ''"),
    ],
)
def test_unknown_name(name: str, hint: str) -> None:
    with pytest.raises(ModelMissingError) as caught:
        load_backend(DA_EN, name)
    assert hint in str(caught.value)
    assert str(caught.value).endswith("see: tosprog models list")


def test_model_of_the_other_direction() -> None:
    with pytest.raises(
        UsageError, match="opus-mt-en-da does not translate da-en; legal is tosprog-da-en, opus-"
    ):
        load_backend(DA_EN, "opus-mt-en-da")


def test_double(direction: Direction, no_sockets: None) -> None:
    backend = load_backend(direction, "double")
    assert backend.translate(["Hej"], DecodingOptions())[0].text == f"[{direction.target}] Hej"


def test_own_catalog(tiny_entry: Entry, ctranslate2_folder: Path) -> None:
    entry = tiny_entry(name="mine", source=str(ctranslate2_folder), max_tokens=40)
    backend = load_backend(DA_EN, "mine", catalog=[entry])
    assert backend.max_tokens == 40
    assert find_entry("mine", [entry]) is entry


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"source": TEXT, "contains": ["WE GO", "walk"]}, None),
        ({"source": TEXT, "contains": ["run"]}, "lacks 'run'; type: tosprog models verify tosprog-da-en"),
        ({"source": TEXT}, r"known\.json: 'contains'"),
        (["no", "table"], r"cannot read .*known\.json"),
    ],
)
def test_known_sentence(home: Store, tiny_ctranslate2: Path, known: object, message: str | None) -> None:
    (tiny_ctranslate2 / "known.json").write_text(json.dumps(known), encoding="utf-8")
    if message is None:
        load_backend(DA_EN, store=home)
    else:
        with pytest.raises(ModelCorruptError, match=message):
            load_backend(DA_EN, store=home)


def test_a_vocabulary_of_another_model_fails_the_known_sentence(home: Store, tiny_ctranslate2: Path) -> None:
    path = tiny_ctranslate2 / "shared_vocabulary.json"
    pieces = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(pieces[:2] + pieces[:1:-1]), encoding="utf-8")
    with pytest.raises(ModelCorruptError, match=r"answers .* type: tosprog models verify tosprog-da-en"):
        load_backend(DA_EN, store=home)


@pytest.mark.parametrize("keep", [0, 100, 30_000])
def test_truncated_weights(home: Store, tiny_ctranslate2: Path, keep: int) -> None:
    path = tiny_ctranslate2 / "model.bin"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ModelCorruptError, match="tosprog models verify tosprog-da-en"):
        load_backend(DA_EN, store=home)


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({}, ModelMissingError, "is no model; legal is a folder with config.json"),
        ({"config.json": "{}"}, ModelMissingError, "is no model"),
        ({"model.bin": "x"}, ModelMissingError, "is no model"),
        ({"config.json": "{}", "pytorch_model.bin": "x"}, ModelError, "PyTorch pickle alone"),
        ({"config.json": "{", "model.bin": "x"}, ModelCorruptError, "cannot read"),
        ({"config.json": "[]", "model.bin": "x"}, ModelCorruptError, "cannot read"),
        ({"config.json": "{}", "model.bin": "x"}, ModelCorruptError, r"source\.spm"),
        ({"config.json": "{}", "model.safetensors": "x"}, ModelCorruptError, "cannot load"),
    ],
)
def test_folders_that_are_no_models(
    tmp_path: Path, files: dict[str, str], error: type[ModelError], message: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(error, match=message):
        load_backend(DA_EN, str(tmp_path))


@pytest.mark.parametrize("entry", load_catalog()[:2], ids=lambda entry: entry.name)
def test_the_weights_that_come_with_the_code(entry: ModelEntry, tmp_path: Path, no_sockets: None) -> None:
    """The real ones: checksums, known sentence, no network."""
    own = Store(tmp_path)
    if not own.is_installed(entry):
        pytest.skip(f"{entry.name} has not been exported yet")
    assert "model.bin" in own.verify(entry)
    (direction,) = entry.directions
    assert load_backend(direction, store=own).count_tokens("") == 1
