"""What is done to a document: read, segment, detect, translate, summarise, write."""

if __name__ != "tosprog.pipeline":
    raise ImportError("import this package as 'tosprog.pipeline', not as 'pipeline' (pip install tosprog)")
