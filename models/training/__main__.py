"""One command from corpora to weights: ``python -m tosprog.models.training --size day ...``.

Each step leaves its result in the work folder and is passed over when that is there; training resumes from its
last checkpoint. Delete a result to have it made again. Commands of their own, named before the options:

    backtranslate  synthetic pairs out of prose, which training then finds in synthetic/ of the work folder
    split, join    weights in files under 16 MiB, and back
    round, export  a checkpoint as int8 where CTranslate2 is missing, and its export where it is not
    average        the mean of several exported weights, which is often better than each
    words          the words that the text has, which tell those that a model makes up, the genders of
                   nouns, and names that both languages write alike
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tosprog.models.base import Backend
from tosprog.models.errors import TosprogError, UsageError
from tosprog.models.genders import write_genders
from tosprog.models.known_names import write_names
from tosprog.models.languages import DIRECTIONS, LANGUAGES, Direction, LanguageCode, other, parse_direction
from tosprog.models.training import backtranslate, corpora, genders, known_names, parts, words
from tosprog.models.training.options import TrainingOptions
from tosprog.models.training.prepare import Sources, lines_of, mono_files, prepare, training_rows
from tosprog.models.training.trainer import train
from tosprog.models.wordlist import read_wordlist, write_wordlist

_PROG = "python -m tosprog.models.training"

# What a run of each size does; `accelerator` is for a GPU with 40 GB or more.
SIZES: dict[str, TrainingOptions] = {
    "smoke": TrainingOptions(steps=20, minutes=5, batch_tokens=200, warmup=5),
    "day": TrainingOptions(minutes=600, batch_tokens=1000, decay_share=0.6),
    "accelerator": TrainingOptions(
        minutes=8,
        batch_tokens=16_000,
        learning_rate=4e-4,
        embedding_rate=1.5,
        warmup=200,
        decay_share=1.0,
        freeze="none",
        parent_rate=0.5,
        dropout=0.1,
        other_cuts=0.4,
        loaders=6,
        save_minutes=4,
    ),
}


def _show(done: int, per_second: float) -> None:
    print(f"{done} sentences, {per_second:.1f} a second", file=sys.stderr)


def _check_signature(raw: Path, signature: str) -> None:
    """One raw file, one model and beam: a resumed run that would mix two is refused.

    Raises:
        UsageError: the file is another model's, or of another beam.
    """
    note = raw.with_suffix(".json")
    if not note.exists():
        note.write_text(json.dumps({"signature": signature}) + "\n", encoding="utf-8")
        return
    earlier = json.loads(note.read_text(encoding="utf-8"))["signature"]
    if earlier != signature:
        raise UsageError(
            f"{raw} was made by {earlier}, not by {signature}; name another --out, or delete {raw} and {note}"
        )


def _translate_into(raw: Path, sentences: list[str], backend: Backend, beam_size: int) -> float:
    raw.parent.mkdir(parents=True, exist_ok=True)
    _check_signature(raw, f"{backend.signature}/beam{beam_size}")
    return backtranslate.back_translate(sentences, backend, raw, beam_size, _show)


def _pack_synthetic(
    raw: Path, real: LanguageCode, held: corpora.Held, name: str, min_score: float
) -> dict[str, object]:
    """Writes the sound pairs of ``raw`` beside it, as ``.tsv.xz``; what was kept and what dropped."""
    rows = list(backtranslate.read_raw(raw))
    pairs, dropped = backtranslate.sound_pairs(rows, real, held, name=name, min_score=min_score)
    corpora.write_pack(pairs, raw.with_suffix(".tsv.xz"))
    return {"translated": len(rows), "kept": len(pairs), "dropped": dict(dropped)}


def _back_translate_all(arguments: argparse.Namespace, work: Path) -> None:
    """Puts ``--back-translate`` sentences of each language's prose into the other, as far as not yet done."""
    from tosprog.models.registry import load_backend

    held = corpora.Held.from_folder(arguments.eval)
    for direction in DIRECTIONS:
        real = direction.source
        lines = [line for own in mono_files(arguments.corpora, real) for line in own]
        chosen = backtranslate.sentences_of(lines, held, real)[: arguments.back_translate]
        raw = work / "synthetic" / f"{real}.tsv"
        backend = load_backend(direction, str(arguments.weights / str(direction)), threads=arguments.threads)
        _translate_into(raw, chosen, backend, beam_size=1)
        print(json.dumps(_pack_synthetic(raw, real, held, "", backtranslate.MIN_SCORE)))


def back_translate_files(argv: list[str]) -> None:
    """The command ``backtranslate``: one corpus of prose, one raw file, one pack."""
    from tosprog.models.registry import load_backend

    parser = argparse.ArgumentParser(
        prog=f"{_PROG} backtranslate",
        description="Puts prose into the other language, and packs the pairs that are sound. Goes on where a run "
        "was stopped. Without --mono it packs anew what was translated before.",
    )
    parser.add_argument("--mono", type=Path, nargs="+", default=[], help="prose, plain or .xz, one line each")
    parser.add_argument("--language", choices=LANGUAGES, required=True, help="of the prose, the real side")
    parser.add_argument(
        "--out", type=Path, required=True, help="WORK/synthetic/NAME.tsv; the pack: NAME.tsv.xz"
    )
    parser.add_argument("--eval", type=Path, required=True, help="evaluation text, kept out of the pairs")
    parser.add_argument("--name", help="the corpus becomes bt-LANGUAGE:NAME; default: that of --out")
    parser.add_argument("--model", help="a folder or a catalog's name; default: the bundled one")
    parser.add_argument("--most", type=int, metavar="N", help="sentences, chosen at random; default: all")
    parser.add_argument("--sentences", action="store_true", help="each line is a sentence: do not cut it")
    parser.add_argument("--beam", type=int, default=1, help="default: 1, greedy")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--min-score",
        type=float,
        default=backtranslate.MIN_SCORE,
        help="least mean log probability of a token; default: %(default)s",
    )
    arguments = parser.parse_args(argv)
    if arguments.out.suffix != ".tsv":
        parser.error(f"--out {arguments.out} does not end in .tsv, as in: --out synthetic/essays.tsv")
    if arguments.beam < 1 or (arguments.most is not None and arguments.most < 0):
        parser.error("--beam is 1 or more, --most 0 or more")
    if not arguments.mono and not arguments.out.exists():
        parser.error(f"nothing to pack: {arguments.out} is not there; name prose with --mono")
    real: LanguageCode = arguments.language
    held = corpora.Held.from_folder(arguments.eval)
    report: dict[str, object] = {}
    if arguments.mono:
        lines = [line for path in arguments.mono for line in lines_of(path)]
        sentences, dropped = backtranslate.clean_prose(lines, held, real, cut=not arguments.sentences)
        report |= {"lines": len(lines), "sentences": len(sentences), "prose_dropped": dict(dropped)}
        direction = Direction(real, other(real))
        backend = load_backend(direction, arguments.model, threads=arguments.threads)
        chosen = sentences if arguments.most is None else sentences[: arguments.most]
        rate = _translate_into(arguments.out, chosen, backend, arguments.beam)
        report["sentences_per_second"] = round(rate, 1)
    name = arguments.name or arguments.out.stem
    print(json.dumps(report | _pack_synthetic(arguments.out, real, held, name, arguments.min_score)))


def list_words(argv: list[str]) -> None:
    """The command ``words``."""
    parser = argparse.ArgumentParser(
        prog=f"{_PROG} words",
        description="Lists the words that the packs and the prose have: what a translation is held against.",
    )
    parser.add_argument("--work", type=Path, required=True, help="work folder, with its packs")
    parser.add_argument("--corpora", type=Path, required=True, help="folder with mono/")
    parser.add_argument(
        "--lists", type=Path, help="folder of word lists, /usr/share/dict (Debian: wamerican wbritish)"
    )
    parser.add_argument("--out", type=Path, required=True, help="a folder, such as models/weights/words")
    arguments = parser.parse_args(argv)
    packs = [arguments.work / "pack.tsv.xz", *sorted((arguments.work / "synthetic").glob("*.tsv.xz"))]
    pairs = [pair for pack in packs for _, pair in corpora.read_pack(pack)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    lists: dict[LanguageCode, bytes] = {}
    for code in LANGUAGES:
        prose = (line for lines in mono_files(arguments.corpora, code) for line in lines)
        listed = () if arguments.lists is None else words.listed_words(arguments.lists, code)
        frequent, rare = words.chosen_words(*words.count_words(pairs, prose, code), code, listed)
        packed = lists[code] = write_wordlist(frequent, rare)
        (arguments.out / f"{code}.txt.xz").write_bytes(packed)
        print(
            json.dumps({"language": code, "frequent": len(frequent), "rare": len(rare), "bytes": len(packed)})
        )
    for code in LANGUAGES:
        names = known_names.chosen_names(known_names.count_names(pairs, code))
        (arguments.out / f"{code}-names.txt.xz").write_bytes(write_names(names))
        print(json.dumps({"language": code, "names": len(names.sure), "words too": len(names.others)}))
    danish = {line for lines in mono_files(arguments.corpora, "da") for line in lines}
    counts = genders.count_articles(danish.union(genders.danish_texts(pairs)))
    chosen = genders.chosen_genders(counts, read_wordlist("da", lists["da"]).begins_compounds)
    (arguments.out / "da-genders.txt.xz").write_bytes(write_genders(chosen))
    print(json.dumps({"common": len(chosen.common), "neuter": len(chosen.neuter)}))


def split_weights(argv: list[str]) -> None:
    """The command ``split``."""
    parser = argparse.ArgumentParser(prog=f"{_PROG} split", description="Packs weights as small files.")
    parser.add_argument(
        "--weights", type=Path, required=True, help="exported or rounded, such as models/weights/da-en"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the parts")
    arguments = parser.parse_args(argv)
    paths = parts.split(arguments.weights, arguments.out)
    print(f"{len(paths)} parts in {arguments.out}")


def join_weights(argv: list[str]) -> None:
    """The command ``join``."""
    parser = argparse.ArgumentParser(prog=f"{_PROG} join", description="Puts weights together again.")
    parser.add_argument("--parts", type=Path, required=True, help="folder that split wrote")
    parser.add_argument("--weights", type=Path, required=True, help="a folder that is not there yet")
    arguments = parser.parse_args(argv)
    parts.join(arguments.parts, arguments.weights)
    print(f"{arguments.weights} is whole")


def round_checkpoint(argv: list[str]) -> None:
    """The command ``round``."""
    parser = argparse.ArgumentParser(
        prog=f"{_PROG} round", description="Writes a direction's checkpoint as int8: a folder for split."
    )
    parser.add_argument("--work", type=Path, required=True, help="the work folder that training used")
    parser.add_argument("--direction", choices=[str(d) for d in DIRECTIONS], required=True)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    arguments = parser.parse_args(argv)
    from tosprog.models.training.rounded import write_rounded

    direction = parse_direction(arguments.direction)
    checkpoint = _run_of(direction, arguments.work) / "last"
    if not checkpoint.is_dir():
        parser.error(f"{checkpoint} is not there; name the --work folder of a run that has saved")
    write_rounded(checkpoint, arguments.work / "pieces", direction, arguments.out)
    print(f"{arguments.out} holds {direction}")


def export_checkpoint(argv: list[str]) -> None:
    """The command ``export``."""
    parser = argparse.ArgumentParser(
        prog=f"{_PROG} export", description="Exports a checkpoint that round wrote."
    )
    parser.add_argument("--rounded", type=Path, required=True, help="folder that round wrote, or join")
    parser.add_argument("--weights", type=Path, required=True, help="such as models/weights")
    arguments = parser.parse_args(argv)
    from tosprog.models.training.rounded import export_rounded

    print(f"{arguments.weights / str(export_rounded(arguments.rounded, arguments.weights))} is whole")


def average_weights(argv: list[str]) -> None:
    """The command ``average``."""
    parser = argparse.ArgumentParser(
        prog=f"{_PROG} average", description="Exports the mean of exported weights."
    )
    parser.add_argument("--weights", type=Path, nargs="+", required=True, help="folders with da-en and en-da")
    parser.add_argument("--out", type=Path, required=True, help="a folder such as these")
    arguments = parser.parse_args(argv)
    from tosprog.models.training.average import average

    for direction in DIRECTIONS:
        average(
            [folder / str(direction) for folder in arguments.weights],
            direction,
            arguments.out / str(direction),
        )
    print(f"{arguments.out} is the mean of {len(arguments.weights)}")


def _run_of(direction: Direction, work: Path) -> Path:
    return work / "runs" / str(direction)


def _train(direction: Direction, options: TrainingOptions, work: Path, weights: Path | None) -> None:
    rows, dev = training_rows(direction, work)
    run = _run_of(direction, work)
    train(direction, work / "init" / str(direction), work / "pieces", rows, dev, run, options)
    if weights is not None:
        from tosprog.models.training.export import export

        export(run / "last", work / "pieces", direction, weights / str(direction))


def train_all(argv: list[str]) -> None:
    """The recipe: both directions, or the one that is named."""
    parser = argparse.ArgumentParser(
        prog=_PROG, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, required=True, help="folder of *.en-da.tsv.xz, with mono/")
    parser.add_argument(
        "--eval", type=Path, required=True, help="evaluation text, kept out of the training data"
    )
    parser.add_argument(
        "--freedict", type=Path, help="folder of freedict-*.dict.dz (Debian: dict-freedict-dan-eng)"
    )
    parser.add_argument("--apertium", type=Path, help="folder of Apertium's data, /usr/share/apertium")
    parser.add_argument("--debs", type=Path, help="folder of Debian packages with Danish catalogues")
    parser.add_argument("--work", type=Path, required=True, help="folder for results and checkpoints")
    parser.add_argument("--start", type=Path, help="exported weights to go on from, such as models/weights")
    parser.add_argument("--size", choices=SIZES, default="day")
    parser.add_argument("--minutes", type=float, help="bound on each direction's training")
    parser.add_argument("--steps", type=int, help="bound on each direction's optimizer steps")
    parser.add_argument("--direction", choices=[str(d) for d in DIRECTIONS], help="default: both, one by one")
    parser.add_argument(
        "--threads", type=int, help="of torch; with one thread each, both directions share a machine"
    )
    parser.add_argument("--weights", type=Path, help="export to this folder, such as models/weights")
    parser.add_argument(
        "--back-translate",
        type=int,
        metavar="N",
        default=0,
        help="first put N sentences of prose a language into the other, with the models in --weights",
    )
    arguments = parser.parse_args(argv)
    if arguments.back_translate and arguments.weights is None:
        parser.error("--back-translate needs --weights, a folder with da-en and en-da")
    if arguments.apertium and not arguments.freedict:
        parser.error("--apertium needs --freedict, which says what the words mean")
    work: Path = arguments.work
    sources = Sources(
        corpora=arguments.corpora,
        evaluation=arguments.eval,
        freedict=arguments.freedict,
        apertium=arguments.apertium,
        debs=arguments.debs,
    )
    directions = [d for d in DIRECTIONS if arguments.direction in (None, str(d))]
    prepare(sources, work, arguments.start, directions)
    if arguments.threads:
        import torch

        torch.set_num_threads(arguments.threads)
    if arguments.back_translate:
        _back_translate_all(arguments, work)
    options = SIZES[arguments.size]
    bounds = {name: value for name in ("minutes", "steps") if (value := getattr(arguments, name)) is not None}
    options = replace(options, **bounds)
    for direction in directions:
        _train(direction, options, work, arguments.weights)


_COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "backtranslate": back_translate_files,
    "split": split_weights,
    "join": join_weights,
    "round": round_checkpoint,
    "export": export_checkpoint,
    "average": average_weights,
    "words": list_words,
}


def main() -> None:
    """Runs the command that is named first, or the recipe."""
    argv = sys.argv[1:]
    command = _COMMANDS.get(argv[0]) if argv else None
    try:
        if command is not None:
            command(argv[1:])
        else:
            train_all(argv)
    except (TosprogError, OSError) as error:
        raise SystemExit(f"error: {error}") from error


if __name__ == "__main__":
    main()
