"""The mean of several trained networks of one shape: between two ends of training lies a better one.

Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018; of translation,
Junczys-Dowmunt, Dwojak and Sennrich, "The AMU-UEDIN Submission to the WMT16 News Translation Task", 2016.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tosprog.models.errors import UsageError
from tosprog.models.languages import Direction
from tosprog.models.training.export import export
from tosprog.models.training.restore import copy_pieces, restore


def average(folders: Sequence[Path], direction: Direction, out: Path) -> None:
    """Exports the mean of exported weights.

    Args:
        folders: Exported weights of the direction; all have the vocabulary of the first.
        direction: What they translate.
        out: The folder to write.

    Raises:
        UsageError: there are fewer than two, one holds no sound weights, or their vocabularies differ.
    """
    if len(folders) < 2:
        raise UsageError(f"{len(folders)} folder of weights has no mean; name two or more")
    for name in ("source.spm", "target.spm"):
        for folder in folders[1:]:
            if (folder / name).read_bytes() != (folders[0] / name).read_bytes():
                raise UsageError(
                    f"{folder} and {folders[0]} differ in {name}; only weights of one vocabulary have a mean"
                )
    mean = restore(direction, folders[0])
    others = [restore(direction, folder).state_dict() for folder in folders[1:]]
    mean.load_state_dict(
        {
            name: sum((other[name] for other in others), value) / len(folders)
            if value.is_floating_point()
            else value
            for name, value in mean.state_dict().items()
        }
    )
    mean.lm_head.weight = mean.get_decoder().embed_tokens.weight
    with tempfile.TemporaryDirectory() as work:
        pieces = Path(work) / "pieces"
        copy_pieces(direction, folders[0], pieces)
        mean.save_pretrained(Path(work) / "mean")
        export(Path(work) / "mean", pieces, direction, out)
