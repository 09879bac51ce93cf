"""What a folder holds, and where each file goes: listed as it is walked, a folder at a time."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from pathspec import GitIgnoreSpec

from tosprog.models.errors import FormatError, InputError, UsageError
from tosprog.pipeline.config import CONFIG
from tosprog.pipeline.formats import format_of, output_suffix


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A file to do.

    Attributes:
        name: Its path within the folder, with ``/``.
        source: The file.
        target: Its place in the output folder.
        summary: The place of its summary.
        skip_reason: Why it is passed over, None where it is not.
        is_fault: Whether that is a fault, such as a folder that cannot be opened, and not as it should be.
    """

    name: str
    source: Path
    target: Path
    summary: Path
    skip_reason: str | None = None
    is_fault: bool = False


class Selection:
    """Which files of a folder are wanted, by patterns as in a ``.gitignore``.

    Example:
        >>> wanted = Selection(include=["*.md"], exclude=["drafts/"])
        >>> [wanted.has(name) for name in ("a/b.md", "a/b.txt", "drafts/b.md")]
        [True, False, False]
    """

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        """Reads the patterns.

        Raises:
            UsageError: one is no such pattern.
        """
        self._include = _patterns("--include", include)
        self._exclude = _patterns("--exclude", exclude)

    def has(self, name: str) -> bool:
        """Whether a file, by its path within the folder, is wanted."""
        return (self._include is None or self._include.match_file(name)) and not self.without(name)

    def without(self, name: str) -> bool:
        """Whether a path, of a folder with ``/`` at its end, is excluded by itself."""
        return self._exclude is not None and self._exclude.match_file(name)


def _patterns(option: str, patterns: Sequence[str]) -> GitIgnoreSpec | None:
    if not patterns:
        return None
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError as error:
            raise UsageError(
                f"{option} {pattern!r} is no pattern; legal is one as in: {option} '*.docx'"
            ) from error
    return GitIgnoreSpec.from_lines(patterns)


def plan_folder(
    folder: Path, out: Path, selection: Selection | None = None, *, bilingual: bool = False
) -> Iterator[WorkItem]:
    """The files of a folder with their mirrored places: those of a folder sorted, then those of the folders in it.

    A file keeps its name; one of a format that is not written gets the ending of that which is written instead
    (a PDF becomes Markdown), behind its full name where the shorter one is taken.

    Hidden files and folders, locks of Office programs, ``tosprog.toml``, and the output folder itself if it lies
    inside, are not looked at. Symbolic links, to files or folders, and files of unknown formats come with the
    reason why they are skipped.

    Raises:
        InputError: the folder is not there, or is a file.
        UsageError: the output folder is the input folder, or an ancestor of it.
    """
    root, out_root = folder.resolve(), out.resolve()
    if folder.is_dir() and (out_root == root or out_root in root.parents):
        raise UsageError(f"--out {out} would write over {folder}; name another folder, as in: --out out")
    check_folder(folder, "run essays --out out --to en")
    return _planned(root, out, out_root, selection or Selection(), bilingual)


def _planned(
    root: Path, out: Path, out_root: Path, selection: Selection, bilingual: bool
) -> Iterator[WorkItem]:
    reason: str | None
    for here, names, error in _walk(root, out_root, selection):
        relative = here.relative_to(root)
        if error is not None:
            place = out / relative
            reason = f"the folder cannot be opened: {error.strerror}"
            yield WorkItem(relative.as_posix(), here, place, place, reason, is_fault=True)
            continue
        places = _places(names, bilingual)
        for name in names:
            full = (relative / name).as_posix()
            if selection.has(full):
                source = here / name
                reason = skip_reason(source)
                target, summary = places[name]
                target = name if reason else target
                yield WorkItem(full, source, out / relative / target, out / relative / summary, reason)


def _places(names: Sequence[str], bilingual: bool) -> dict[str, tuple[str, str]]:
    """For each file of a folder the names of its output and its summary; no two are the same."""
    short = {name: _short(name, bilingual) for name in names}
    wanted = Counter(short.values())
    used = set(names)
    targets = {}
    for name in names:
        target = short[name]
        if target != name and (wanted[target] > 1 or target in used):
            suffix = target.removeprefix(_stem(name))
            target = name + suffix
            while target in used:
                target += suffix
        used.add(target)
        targets[name] = target
    stems = Counter(map(_stem, names))
    places = {}
    for name in names:
        # essay.txt and essay.md beside each other, or a source of that very name: the summary takes the full name.
        summary = f"{_stem(name)}.summary.md"
        if stems[_stem(name)] > 1 or summary in used:
            summary = f"{name}.summary.md"
            while summary in used:
                summary += ".summary.md"
        used.add(summary)
        places[name] = (targets[name], summary)
    return places


def _walk(
    root: Path, apart_from: Path | None, selection: Selection
) -> Iterator[tuple[Path, list[str], OSError | None]]:
    """Each folder with the names in it that are looked at, sorted; or with why it cannot be opened."""
    errors: list[OSError] = []
    for parent, folders, files in os.walk(root, onerror=errors.append):
        here = Path(parent)
        links = [name for name in folders if (here / name).is_symlink()]
        relative = here.relative_to(root)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and here / name != apart_from
            and not selection.without(f"{(relative / name).as_posix()}/")
        )
        names = (name for name in (*files, *links) if not name.startswith((".", "~$")) and name != CONFIG)
        yield here, sorted(name for name in names if here / name != apart_from), None
        yield from ((Path(error.filename), [], error) for error in errors)
        errors.clear()
    yield from ((Path(error.filename), [], error) for error in errors)


def sources_in(folder: Path, example: str, *, apart_from: Path | None = None) -> list[Path]:
    """The files of a folder and those in it, and links to files or folders, sorted, with their full paths.

    Args:
        folder: Where to look; hidden files and folders and locks of Office programs are not looked at.
        example: What to type, for the message where there is no such folder.
        apart_from: A file or folder that is not looked at either.

    Raises:
        InputError: the folder is not there, or is a file.
    """
    check_folder(folder, example)
    walked = _walk(folder.resolve(), apart_from, Selection())
    return sorted(here / name for here, names, _ in walked for name in names)


def check_folder(folder: Path, example: str) -> None:
    """Raises InputError where the folder is not there, or is a file; the message says what to type."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(f"{folder} {what}; name a folder, as in: tosprog {example}")


def _stem(name: str) -> str:
    suffix = PurePath(name).suffix
    return name[: -len(suffix)] if suffix else name


def _short(name: str, bilingual: bool) -> str:
    """The name with the ending of what is written."""
    try:
        return _stem(name) + (".bilingual.html" if bilingual else output_suffix(name))
    except FormatError:
        return name


def skip_reason(source: Path) -> str | None:
    """Why a file is passed over, None where it is not."""
    if source.is_symlink():
        return "a symbolic link"
    if not source.is_file():
        return "not a regular file"
    try:
        format_of(source.name)
    except FormatError as error:
        return str(error).removeprefix(f"{source.name}: ")
    return None
