"""How the bundled Danish-English weights are made: data, vocabulary, transfer, training, export.

Run ``python -m tosprog.models.training --help``. Needs the ``train`` extra.
"""
