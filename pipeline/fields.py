"""Which fields of a JSON or CSV document are translated: chosen by name, by path or by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tosprog.models.errors import FormatError

_MOST_NAMED = 20


def names_of_path(path: Sequence[str]) -> tuple[str, ...]:
    """What a path may be called: its last key, or the whole of it.

    Args:
        path: Keys from the outermost in; ``[]`` for a place in a list.

    Example:
        >>> names_of_path(["items", "[]", "title"])
        ('title', 'items[].title')
    """
    whole = ".".join(path).replace(".[]", "[]")
    key = next((part for part in reversed(path) if part != "[]"), "")
    return (key, whole) if key else (whole,)


def check_fields(wanted: Iterable[str], found: Iterable[str]) -> None:
    """Refuses a field that the document does not have.

    Args:
        wanted: As the user named them.
        found: Every name that the document has.

    Raises:
        FormatError: one is not there; the message lists those that are.
    """
    legal = list(dict.fromkeys(name for name in found if name))
    for name in wanted:
        if plain_name(name) not in {plain_name(one) for one in legal}:
            shown = ", ".join(legal[:_MOST_NAMED]) + (", ..." if len(legal) > _MOST_NAMED else "")
            raise FormatError(f"it has no field {name!r}; legal are {shown or 'none'}")


def plain_name(name: str) -> str:
    """A field's name as it is compared: in small letters, without a leading ``$.``."""
    return name.strip().removeprefix("$").removeprefix(".").casefold()
