"""What a model is, and where its weights live."""

if __name__ != "tosprog.models":
    raise ImportError("import this package as 'tosprog.models', not as 'models' (pip install tosprog)")
