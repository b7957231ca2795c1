"""How the bulk loader reads CSV files and what it makes of them, from a line of text to a batch in the graph.

`source` finds the files → `rows`, `header`, `types` and `file` read them → `merge` decides, without I/O, what
rows make of what is stored → `write` has it done in one transaction, by `beneath` inside the ArcadeDB
process → `job` counts and tells. `loader.py`, one floor up, serves jobs over HTTP.
"""
