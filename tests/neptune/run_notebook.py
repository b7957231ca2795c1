"""Executes a notebook, in an environment that has graph-notebook: `python run_notebook.py NOTEBOOK OUT`.

Writes the executed notebook to OUT, and to OUT with the suffix .json what its variables of results held.
graph-notebook shows an error instead of raising it, and keeps it in a variable; so every cell is followed
by one that looks for it.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LOOK = """
if 'graph_notebook_error' in globals():
    raise RuntimeError(f'cell {0}: {{graph_notebook_error!r}}')
"""
KEEP = """
import json, pathlib
kept = {{name: value['results'] for name, value in list(globals().items())
        if isinstance(value, dict) and 'results' in value}}
pathlib.Path({0!r}).write_text(json.dumps(kept))
"""


def main(source, out):
    made = nbformat.read(source, as_version=4)
    nbformat.validate(made)
    cells = []
    for number, cell in enumerate(made.cells, 1):
        cells.append(cell)
        if cell.cell_type == "code":
            cells.append(nbformat.v4.new_code_cell(LOOK.format(number)))
    made.cells = [*cells, nbformat.v4.new_code_cell(KEEP.format(str(Path(out).with_suffix(".json"))))]
    NotebookClient(made, timeout=300, kernel_name="python3").execute()
    nbformat.write(made, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
