"""A model that does not answer in time is given up on, text by text; the others are answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from tosprog.models.base import Backend, BackendWrapper, DecodingOptions, Hypothesis

TIMEOUT_S = 60.0
_TOGETHER = 64  # texts in a call
_SHARE = 8  # so many texts may take as long again as one


class TimedBackend(BackendWrapper):
    """A backend whose calls end.

    A call that takes too long is left to itself, in its thread, for there is no stopping it; another copy of the
    model is loaded, and asked for each of the texts alone. A text that fails alone too has an empty answer, now and
    from then on.

    Attributes:
        gave_up: Texts that were not answered in time, in the order in which they were given up on.
    """

    def __init__(self, load: Callable[[], Backend], timeout_s: float = TIMEOUT_S) -> None:
        """Loads the model.

        Args:
            load: Loads it, now and whenever a call did not end.
            timeout_s: For a text alone; eight together may take twice as long, sixteen three times.
        """
        super().__init__(load())
        self._load = load
        self._timeout_s = timeout_s
        self.gave_up: list[str] = []

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """As of the backend."""
        known = dict.fromkeys(self.gave_up, Hypothesis("", 0.0))
        asked = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
        for start in range(0, len(asked), _TOGETHER):
            known |= self._in_time(asked[start : start + _TOGETHER], options)
        return [known[text] for text in texts]

    def _in_time(self, texts: list[str], options: DecodingOptions) -> dict[str, Hypothesis]:
        answers = self._call(texts, options)
        if answers is not None:
            return dict(zip(texts, answers, strict=True))
        self._backend = self._load()
        if len(texts) == 1:
            self.gave_up += texts
            return {texts[0]: Hypothesis("", 0.0)}
        found: dict[str, Hypothesis] = {}
        for text in texts:
            found |= self._in_time([text], options)
        return found

    def _call(self, texts: list[str], options: DecodingOptions) -> list[Hypothesis] | None:
        """None where it took too long."""
        answers: list[Hypothesis] = []
        errors: list[BaseException] = []
        backend = self._backend

        def run() -> None:
            try:
                answers.extend(backend.translate(texts, options))
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                errors.append(error)

        thread = threading.Thread(target=run, daemon=True, name="translate")
        thread.start()
        thread.join(self._timeout_s * (1 + (len(texts) - 1) / _SHARE))
        if thread.is_alive():
            return None
        if errors:
            raise errors[0]
        return answers
