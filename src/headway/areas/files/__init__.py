"""Files: bytes kept once by the hash of their content, and who brought them.

A file is seen only through the record that holds it (an import, a document's version); by itself
only whoever brought it sees it. Not here: what is in a file.
"""
