"""The `headway` program: one module per command, loaded only when it is chosen.

A command's module offers `add_to(parser)`; its parsers set `run=function` with
`function(arguments, out) -> int`. Not here: what the commands do (areas, documents, engine).
"""
