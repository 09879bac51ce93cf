"""The training loop: token batches, AdamW, bf16 where it is the faster, resumable, on a CPU or an accelerator.

The pretrained side is frozen on request (`TrainingOptions.freeze`): with few tokens to learn from it keeps what
the parent knows, and its backward pass costs nothing.
"""

from __future__ import annotations

import json
import time
import zlib
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import GenerationConfig, MarianMTModel

from tosprog.models.languages import Direction
from tosprog.models.training import plot, vocabulary
from tosprog.models.training.batching import Cutter, encoded, epochs
from tosprog.models.training.corpora import Pair
from tosprog.models.training.options import TrainingOptions

_SCORED_PAIRS = 40


def _pad(rows: list[list[int]], value: int, device: torch.device) -> torch.Tensor:
    width = max(map(len, rows))
    padded = torch.tensor([row + [value] * (width - len(row)) for row in rows])
    # Pinned memory goes over while the accelerator works on.
    return padded.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else padded.to(device)


def _is_parents(name: str, direction: Direction) -> bool:
    """Whether a parameter is of the side that writes or reads English, which the parent knows well."""
    if direction.target == "en":
        return "decoder." in name and "encoder_attn" not in name
    return "encoder." in name


def _parameter_groups(
    model: MarianMTModel, direction: Direction, options: TrainingOptions
) -> list[dict[str, Any]]:
    """What is learned, by its factor on the learning rate; what is not is frozen."""
    groups: dict[float, list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if "embed_positions" in name:  # sines, of which the network has no other
            parameter.requires_grad = False
        factor = options.embedding_rate if "embed_tokens" in name else 1.0
        if _is_parents(name, direction):
            if options.freeze == "parent-side":
                parameter.requires_grad = False
            factor *= options.parent_rate
        if parameter.requires_grad:
            groups.setdefault(factor, []).append(parameter)
    return [{"params": parameters, "factor": factor} for factor, parameters in sorted(groups.items())]


class _SmoothedLoss(torch.autograd.Function):  # type: ignore[misc]  # torch is Any here
    """Label-smoothed and plain cross-entropy of logits, with one pass over them backwards.

    On a CPU the logits of a batch (a thousand tokens by 12,543 pieces) cost more to move than to compute, and
    autograd moves them eight times.
    """

    @staticmethod
    def forward(
        context: Any, logits: torch.Tensor, gold: torch.Tensor, smoothing: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        log_z = logits.logsumexp(dim=-1)
        context.save_for_backward(logits, gold, log_z)
        context.smoothing = smoothing
        context.set_materialize_grads(False)
        plain = (log_z - logits.gather(1, gold[:, None])[:, 0]).mean()
        smooth = (log_z - logits.mean(dim=-1)).mean()
        context.mark_non_differentiable(plain)
        return (1 - smoothing) * plain + smoothing * smooth, plain

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        logits, gold, log_z = context.saved_tensors
        tokens, pieces = logits.shape
        slope = (logits - log_z[:, None]).exp_().sub_(context.smoothing / pieces)
        slope[torch.arange(tokens, device=gold.device), gold] -= 1 - context.smoothing
        return slope.mul_(gradients[0] / tokens), None, None


def batch_loss(
    model: MarianMTModel, source: torch.Tensor, target: torch.Tensor, smoothing: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Label-smoothed loss to learn from, and plain cross-entropy to report: nats per target token.

    Args:
        model: The network.
        source: Token ids, shape (batch, source length), padded.
        target: Token ids, shape (batch, target length), padded, ending in ``</s>``.
        smoothing: Share of the probability spread over all pieces.
    """
    pad = model.config.pad_token_id
    begin = torch.full_like(target[:, :1], model.config.decoder_start_token_id)
    hidden = model.model(
        input_ids=source,
        attention_mask=(source != pad).long(),
        decoder_input_ids=torch.cat([begin, target[:, :-1]], dim=1),
        use_cache=False,
    ).last_hidden_state
    mask = target != pad
    # <pad>, the last piece, is never an answer.
    logits = functional.linear(hidden[mask], model.lm_head.weight[:pad]) + model.final_logits_bias[0, :pad]
    loss, plain = _SmoothedLoss.apply(logits.float(), target[mask], smoothing)
    return loss, plain


def rate_at(options: TrainingOptions, steps: int, elapsed_s: float) -> float:
    """Warm-up, constant, linear decay: a factor on the learning rate.

    Args:
        options: Bounds and shape.
        steps: Taken so far, those before a kill included.
        elapsed_s: Spent so far, likewise.
    """
    done = max(steps / options.steps, elapsed_s / (60 * options.minutes))
    decay = 1.0 if done < 1 - options.decay_share else max(0.05, (1 - done) / options.decay_share)
    return min(1.0, (steps + 1) / options.warmup) * decay


def _checksum(rows: list[tuple[float, Pair]]) -> int:
    """Of the pairs and their weights: other rows are an epoch of their own."""
    value = 0
    for weight, pair in rows:
        value = zlib.crc32(f"{weight}\t{pair.english}\t{pair.danish}".encode(), value)
    return value


def _seconds(dtype: torch.dtype, device: torch.device) -> float:
    """The best of six products of the network's size."""
    left, right = (torch.ones(shape, dtype=dtype, device=device) for shape in ((256, 512), (512, 512)))
    best = float("inf")
    for _ in range(6):
        began = time.perf_counter()
        (left @ right).sum().item()
        best = min(best, time.perf_counter() - began)
    return best


def is_bf16_faster(device: torch.device) -> bool:
    """Whether to compute in bf16. A CPU without instructions for it emulates it, tens of times slower: measured."""
    return device.type == "cuda" or _seconds(torch.bfloat16, device) < _seconds(torch.float32, device)


def train(
    direction: Direction,
    start: Path,
    pieces_folder: Path,
    rows: list[tuple[float, Pair]],
    dev: list[Pair],
    out: Path,
    options: TrainingOptions,
) -> None:
    """Trains from ``out/last`` if it is there, else from ``start``.

    Writes ``out/last``, a line of ``out/log.jsonl`` every 25 steps and at each checkpoint, and ``out/log.svg``.
    Killed at any instant, it loses the minutes since the last checkpoint, which is replaced whole. Run again, it goes
    on with the same schedule: in the same epoch, or in a new one where the rows are others than before.
    """
    out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    bf16 = is_bf16_faster(device)
    last = out / "last"
    resumed = last.exists()
    origin = last if resumed else start
    # torch's fused attention on a CPU takes four times as long backwards as plain products.
    attention = "sdpa" if device.type == "cuda" else "eager"
    model = MarianMTModel.from_pretrained(
        origin, dropout=options.dropout, dtype=torch.float32, attn_implementation=attention
    ).to(device)
    model.lm_head.weight = model.get_decoder().embed_tokens.weight
    pad = model.config.pad_token_id
    dev_cutter = Cutter(direction, pieces_folder, TrainingOptions(max_tokens=500))

    groups = _parameter_groups(model, direction, options)
    learned = [parameter for group in groups for parameter in group["params"]]
    optimizer = torch.optim.AdamW(
        groups,
        lr=options.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=0.01,
        fused=device.type == "cuda",
    )
    state = {"epoch": 0, "batch": 0, "steps": 0, "target_tokens": 0, "seconds": 0, "rows": _checksum(rows)}
    if resumed:
        before = json.loads((last / "state.json").read_text())
        if before.get("rows") != state["rows"]:
            before |= {"epoch": before["epoch"] + 1, "batch": 0, "rows": state["rows"]}
        state |= before
        if (last / "optimizer.pt").exists():
            optimizer.load_state_dict(torch.load(last / "optimizer.pt", weights_only=True))

    def save() -> None:
        fresh, old = out / "last.new", out / "last.old"
        model.save_pretrained(fresh)
        torch.save(optimizer.state_dict(), fresh / "optimizer.pt")
        (fresh / "state.json").write_text(json.dumps(state))
        if last.exists():
            last.rename(old)
        fresh.rename(last)
        if old.exists():
            for path in old.iterdir():
                path.unlink()
            old.rmdir()

    def log(**values: object) -> None:
        with (out / "log.jsonl").open("a") as lines:
            lines.write(json.dumps({"time": round(time.time()), **state, **values}) + "\n")

    def log_dev(event: str) -> None:
        loss = _dev_loss(model, dev, dev_cutter, device, bf16)
        chrf = _dev_chrf(model, direction, dev[:_SCORED_PAIRS], dev_cutter, device)
        log(event=event, dev=loss, **({} if chrf is None else {"chrf": chrf}))
        with suppress(ImportError):  # a lent machine may lack matplotlib; the picture can be drawn later
            plot.draw(out / "log.jsonl", out / "log.svg")

    log(event="start", device=str(device), bf16=bf16, options=asdict(options))
    model.train()
    saved = time.monotonic()
    began = saved - state["seconds"]
    total, count, tokens = torch.zeros((), device=device), 0, 0
    first, skip = state["epoch"], state["batch"]
    with closing(epochs(rows, direction, pieces_folder, options, first)) as batches:
        for epoch, index, (source_rows, target_rows) in batches:
            if epoch == first and index < skip:
                continue
            elapsed = time.monotonic() - began
            state["seconds"] = int(elapsed)
            if state["steps"] >= options.steps or elapsed > 60 * options.minutes:
                break
            factor = rate_at(options, state["steps"], elapsed)
            for group in optimizer.param_groups:
                group["lr"] = options.learning_rate * group["factor"] * factor
            source, target = _pad(source_rows, pad, device), _pad(target_rows, pad, device)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
                loss, plain = batch_loss(model, source, target, options.label_smoothing)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            with torch.no_grad():  # <pad> must stay the zero that the decoder starts from
                model.get_encoder().embed_tokens.weight[pad] = 0
                model.get_decoder().embed_tokens.weight[pad] = 0
            seen = sum(map(len, target_rows))
            state |= {"epoch": epoch, "batch": index + 1, "steps": state["steps"] + 1}
            state["target_tokens"] += seen
            # Summed where it is: to read it at each step would let an accelerator wait.
            total, count, tokens = total + plain, count + 1, tokens + seen
            if state["steps"] % 25 == 0:
                log(loss=round(total.item() / count, 4), rate=round(factor, 3), tokens=tokens)
                total, count, tokens = torch.zeros((), device=device), 0, 0
            if time.monotonic() - saved > 60 * options.save_minutes:
                save()
                saved = time.monotonic()
                log_dev("checkpoint")
    save()
    log_dev("end")


def _dev_loss(
    model: MarianMTModel,
    dev: list[Pair],
    cutter: Cutter,
    device: torch.device,
    bf16: bool,
) -> float:
    """Cross-entropy on held-out pairs, nats per target token."""
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for source_rows, target_rows in cutter.batches_of(dev, "dev"):
            pad = model.config.pad_token_id
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
                _, plain = batch_loss(
                    model, _pad(source_rows, pad, device), _pad(target_rows, pad, device), 0.0
                )
            seen = sum(map(len, target_rows))
            total, count = total + plain.item() * seen, count + seen
    model.train()
    return round(total / max(1, count), 4)


def _dev_chrf(
    model: MarianMTModel,
    direction: Direction,
    dev: list[Pair],
    cutter: Cutter,
    device: torch.device,
) -> float | None:
    """chrF2 of the held-out pairs, decoded greedily: to watch a run by, not to report. None without sacreBLEU."""
    try:
        import sacrebleu
    except ImportError:  # a lent machine may lack it, and must not lose a run for a score
        return None
    pad = model.config.pad_token_id
    sides = [{"en": pair.english, "da": pair.danish} for pair in dev]
    reader, writer = (cutter.pieces[code] for code in (direction.source, direction.target))
    ids = cutter.ids[direction.source]
    source = _pad([encoded(side[direction.source], reader, ids) for side in sides], pad, device)
    names = vocabulary.entries(writer)
    greedy = GenerationConfig(
        max_new_tokens=128,
        suppress_tokens=[pad],  # training gives it no chance, and its row of zeros would
        pad_token_id=pad,
        eos_token_id=0,
        decoder_start_token_id=pad,
    )
    model.eval()
    with torch.no_grad():
        answers = model.generate(source, attention_mask=(source != pad).long(), generation_config=greedy)
    model.train()
    texts = [writer.decode([names[i] for i in answer if i not in (0, 1, pad)]) for answer in answers.tolist()]
    score: float = sacrebleu.corpus_chrf(texts, [[side[direction.target] for side in sides]]).score
    return round(score, 2)
