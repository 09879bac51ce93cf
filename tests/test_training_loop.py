"""The training loop on a network of two layers: it learns, it resumes, and what it exports translates."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Literal

import pytest

from tosprog.models.base import DecodingOptions
from tosprog.models.errors import UsageError
from tosprog.models.languages import parse_direction
from tosprog.models.registry import load_backend
from tosprog.models.training.corpora import Pair

PAIRS = (
    Pair("The house is big.", "Huset er stort.", "x"),
    Pair("I am reading a book.", "Jeg læser en bog.", "x"),
    Pair("The children go to school.", "Børnene går i skole.", "x"),
    Pair("We live in a small town.", "Vi bor i en lille by.", "x"),
)
DA_EN = parse_direction("da-en")
Freeze = Literal["none", "parent-side"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sentencepiece

    folder = tmp_path_factory.mktemp("pieces")
    lines = [text for pair in PAIRS for text in (pair.danish, pair.english)]
    for code in ("da", "en"):  # the same on both sides: the network wants as many pieces on each
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines * 3),
            model_writer=model,
            vocab_size=320,
            hard_vocab_limit=False,
            byte_fallback=True,
            unk_id=0,
            bos_id=-1,
            eos_id=-1,
            pad_id=-1,
            user_defined_symbols=list("“”„«»‘’…—–"),
            num_threads=1,
            minloglevel=2,
        )
        (folder / f"{code}.spm").write_bytes(model.getvalue())
    return folder


@pytest.fixture(scope="module")
def start(pieces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import MarianConfig, MarianMTModel

    from tosprog.models.training import vocabulary

    sizes = {code: len(vocabulary.entries(vocabulary.load(pieces / f"{code}.spm"))) for code in ("da", "en")}
    torch.manual_seed(1)
    config = MarianConfig(
        vocab_size=sizes["da"],
        decoder_vocab_size=sizes["en"],
        share_encoder_decoder_embeddings=False,
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        pad_token_id=sizes["en"] - 1,
        decoder_start_token_id=sizes["en"] - 1,
        eos_token_id=0,
        forced_eos_token_id=None,
        scale_embedding=True,
        activation_function="swish",
        init_std=0.1,
    )
    folder = tmp_path_factory.mktemp("start")
    MarianMTModel(config).save_pretrained(folder)
    return folder


def events(run: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def test_learns_resumes_and_exports(pieces: Path, start: Path, tmp_path: Path) -> None:
    from tosprog.models.training.export import export
    from tosprog.models.training.options import TrainingOptions
    from tosprog.models.training.trainer import train

    rows = [(8.0, pair) for pair in PAIRS]
    run = tmp_path / "run"

    def go(steps: int) -> None:
        options = TrainingOptions(
            steps=steps, batch_tokens=200, learning_rate=5e-3, embedding_rate=1.0, warmup=5, freeze="none"
        )
        train(DA_EN, start, pieces, rows, list(PAIRS), run, options)

    go(30)
    first = events(run)[-1]
    go(230)
    last = events(run)[-1]
    assert (first["steps"], last["steps"]) == (30, 230)
    assert isinstance(first["dev"], float)
    assert isinstance(last["dev"], float)
    assert last["dev"] < first["dev"] / 2
    export(run / "last", pieces, DA_EN, tmp_path / "weights" / "da-en")
    backend = load_backend(DA_EN, str(tmp_path / "weights" / "da-en"))
    answers = backend.translate([pair.danish for pair in PAIRS], DecodingOptions())
    assert [answer.text for answer in answers] == [pair.english for pair in PAIRS]


@pytest.mark.parametrize("direction", ["da-en", "en-da"])
@pytest.mark.parametrize(("freeze", "parent_rate"), [("parent-side", 1.0), ("none", 0.01)])
def test_the_parents_side_is_frozen_or_slow(
    pieces: Path, start: Path, tmp_path: Path, direction: str, freeze: Freeze, parent_rate: float
) -> None:
    from transformers import MarianMTModel

    from tosprog.models.training.options import TrainingOptions
    from tosprog.models.training.trainer import train

    run = tmp_path / "run"
    options = TrainingOptions(
        steps=3, batch_tokens=200, embedding_rate=1.0, warmup=1, freeze=freeze, parent_rate=parent_rate
    )
    train(
        parse_direction(direction), start, pieces, [(8.0, pair) for pair in PAIRS], list(PAIRS), run, options
    )
    before = MarianMTModel.from_pretrained(start).state_dict()
    after = MarianMTModel.from_pretrained(run / "last").state_dict()
    moved = {name: float((after[name] - value).abs().max()) for name, value in before.items()}
    side = "encoder." if direction == "en-da" else "decoder."
    parents = [
        step
        for name, step in moved.items()
        if name.startswith(f"model.{side}") and "encoder_attn" not in name and "positions" not in name
    ]
    assert max(step for name, step in moved.items() if "encoder_attn.q_proj" in name) > 1e-4
    if freeze == "parent-side":
        assert max(parents) == 0
    else:
        assert 0 < max(parents) < 1e-4


def test_a_killed_run_goes_on_with_its_schedule(pieces: Path, start: Path, tmp_path: Path) -> None:
    from tosprog.models.training.options import TrainingOptions
    from tosprog.models.training.trainer import train

    run = tmp_path / "run"

    def go(steps: int, weight: float = 8.0) -> list[dict[str, object]]:
        options = TrainingOptions(steps=steps, batch_tokens=40, warmup=1, decay_share=1.0, freeze="none")
        train(DA_EN, start, pieces, [(weight, pair) for pair in PAIRS], list(PAIRS), run, options)
        return [event for event in events(run) if "rate" in event or event.get("event") == "end"]

    go(100)
    *_, halfway, end = go(200)
    rates = [event["rate"] for event in events(run) if "rate" in event]
    assert rates == pytest.approx([0.76, 0.51, 0.26, 0.05, 0.38, 0.255, 0.13, 0.05], abs=0.01)
    assert (end["steps"], end["epoch"]) == (200, halfway["epoch"])
    assert go(200)[-1]["steps"] == 200  # done: nothing is left of the bound
    epoch = end["epoch"]
    assert isinstance(epoch, int)
    assert go(201, weight=9.0)[-1]["epoch"] == epoch + 1  # other rows: an epoch of their own


@pytest.fixture(scope="module")
def trained(pieces: Path, start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder whose network knows the pairs by heart, exported to ``weights/da-en``."""
    from tosprog.models.training.export import export
    from tosprog.models.training.options import TrainingOptions
    from tosprog.models.training.trainer import train

    work = tmp_path_factory.mktemp("work")
    options = TrainingOptions(
        steps=200, batch_tokens=200, learning_rate=5e-3, embedding_rate=1.0, warmup=5, freeze="none"
    )
    train(DA_EN, start, pieces, [(8.0, pair) for pair in PAIRS], list(PAIRS), work / "run", options)
    export(work / "run" / "last", pieces, DA_EN, work / "weights" / "da-en")
    return work


def test_the_log_has_scores_and_a_picture(trained: Path) -> None:
    last = events(trained / "run")[-1]
    assert last["event"] == "end"
    assert isinstance(last["chrf"], float)
    assert last["chrf"] > 95  # by heart
    picture = (trained / "run" / "log.svg").read_text(encoding="utf-8")
    assert picture.rstrip().endswith("</svg>")


def test_exported_weights_are_a_start(trained: Path, pieces: Path, tmp_path: Path) -> None:
    import torch

    from tosprog.models.training.export import export
    from tosprog.models.training.restore import copy_pieces, read_variables, restore

    weights = trained / "weights" / "da-en"
    restore(DA_EN, weights).save_pretrained(tmp_path / "start")
    copy_pieces(DA_EN, weights, tmp_path / "pieces")
    for name in ("da.spm", "en.spm"):
        assert (tmp_path / "pieces" / name).read_bytes() == (pieces / name).read_bytes()
    export(tmp_path / "start", pieces, DA_EN, tmp_path / "again")
    before, after = (read_variables(folder / "model.bin") for folder in (weights, tmp_path / "again"))
    assert before.keys() == after.keys()
    for name, value in before.items():
        assert torch.allclose(value.float(), after[name].float(), atol=1e-4), name


def test_the_mean_of_weights(trained: Path, pieces: Path, tmp_path: Path) -> None:
    import torch

    from tosprog.models.training.average import average
    from tosprog.models.training.export import export
    from tosprog.models.training.restore import read_variables, restore

    weights = trained / "weights" / "da-en"
    other = restore(DA_EN, weights)
    with torch.no_grad():
        for name, value in other.named_parameters():
            if "fc1.weight" in name:
                value.mul_(1.1)
    other.save_pretrained(tmp_path / "other")
    export(tmp_path / "other", pieces, DA_EN, tmp_path / "moved")
    average([weights, tmp_path / "moved"], DA_EN, tmp_path / "mean")
    before, mean = (restore(DA_EN, folder).state_dict() for folder in (weights, tmp_path / "mean"))
    for name, value in before.items():
        factor = 1.05 if "fc1.weight" in name else 1.0
        assert torch.allclose(mean[name], factor * value, atol=2e-2 * float(value.abs().max())), name
    assert (
        read_variables(tmp_path / "mean" / "model.bin").keys() == read_variables(weights / "model.bin").keys()
    )
    with pytest.raises(UsageError, match="1 folder of weights has no mean; name two or more"):
        average([weights], DA_EN, tmp_path / "x")
    (tmp_path / "moved" / "source.spm").write_bytes(b"another")
    with pytest.raises(UsageError, match=r"differ in source\.spm"):
        average([weights, tmp_path / "moved"], DA_EN, tmp_path / "x")


def test_torn_weights_are_refused(trained: Path, tmp_path: Path) -> None:
    from tosprog.models.training.restore import restore

    with pytest.raises(UsageError, match=r"holds no model\.bin"):
        restore(DA_EN, tmp_path)
    whole = (trained / "weights" / "da-en" / "model.bin").read_bytes()
    for content in (b"", b"\x09\x00\x00\x00", whole[: len(whole) // 2], whole[:200]):
        (tmp_path / "model.bin").write_bytes(content)
        with pytest.raises(UsageError, match=r"model\.bin (is no whole|has binary version)"):
            restore(DA_EN, tmp_path)


def test_weights_travel_in_parts(trained: Path, tmp_path: Path) -> None:
    from tosprog.models.training import parts

    weights = trained / "weights" / "da-en"
    paths = parts.split(weights, tmp_path / "parts", part_bytes=30_000)
    assert len(paths) > 3
    assert max(path.stat().st_size for path in paths) <= 30_000
    parts.join(tmp_path / "parts", tmp_path / "da-en")
    assert {path.name: path.read_bytes() for path in weights.iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "da-en").iterdir()
    }
    with pytest.raises(UsageError, match="is there already"):
        parts.join(tmp_path / "parts", tmp_path / "da-en")
    paths[1].write_bytes(b"x")
    with pytest.raises(UsageError, match=r"part\.001 is torn"):
        parts.join(tmp_path / "parts", tmp_path / "other")
    paths[1].unlink()
    with pytest.raises(UsageError, match=r"part\.001 is missing"):
        parts.join(tmp_path / "parts", tmp_path / "other")
    assert not (tmp_path / "other").exists()
    with pytest.raises(UsageError, match=r"holds no model\.bin"):
        parts.split(tmp_path, tmp_path / "parts")


def test_a_rounded_checkpoint_is_exported_elsewhere(trained: Path, pieces: Path, tmp_path: Path) -> None:
    from tosprog.models.training import parts
    from tosprog.models.training.restore import read_variables
    from tosprog.models.training.rounded import export_rounded, write_rounded

    write_rounded(trained / "run" / "last", pieces, DA_EN, tmp_path / "rounded")
    parts.split(tmp_path / "rounded", tmp_path / "parts", part_bytes=30_000)
    parts.join(tmp_path / "parts", tmp_path / "home")
    assert export_rounded(tmp_path / "home", tmp_path / "weights") == DA_EN
    mine, whole = (
        read_variables(folder / "da-en" / "model.bin")
        for folder in (tmp_path / "weights", trained / "weights")
    )
    assert mine.keys() == whole.keys()
    for name, value in whole.items():
        assert mine[name].shape == value.shape
        assert (mine[name].double() - value.double()).abs().max() <= 1e-4 * max(
            1.0, float(value.abs().max())
        ), name
    (tmp_path / "home" / "rounded.safetensors").write_bytes(b"torn")
    with pytest.raises(UsageError, match="holds no whole rounded checkpoint"):
        export_rounded(tmp_path / "home", tmp_path / "other")
    assert not (tmp_path / "other").exists()
