"""Executes a notebook, in an environment that has graph-notebook: `python run_notebook.py NOTEBOOK OUT`.

Writes JSON: what its variables of `results` held, and what was `shown`, as the messages of the kernel say it.
graph-notebook shows an error instead of raising it, and keeps it in a variable, which is looked at after
every cell.
"""

import json
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel

LOOK = "if 'graph_notebook_error' in globals(): raise RuntimeError(graph_notebook_error)"
KEEP = """
import json, pathlib
kept = {{name: value['results'] for name, value in list(globals().items())
        if isinstance(value, dict) and 'results' in value}}
pathlib.Path({0!r}).write_text(json.dumps(kept))
"""
SECONDS = 60
SHOWN = ("comm_open", "comm_msg", "display_data", "execute_result", "stream")


def main(source, out):
    made = nbformat.read(source, as_version=4)
    nbformat.validate(made)
    shown = []

    def hear(message):
        if message["msg_type"] in SHOWN:
            shown.append(message["content"])

    # Not by nbclient: while widgets talk to it, it misses an answer now and then and waits for ever.
    manager, kernel = start_new_kernel(kernel_name="python3")
    try:
        for number, cell in enumerate(made.cells, 1):
            if cell.cell_type == "code":
                run(kernel, f"cell {number}", cell.source, hear)
                run(kernel, f"cell {number}", LOOK, hear)
        run(kernel, "the end", KEEP.format(str(Path(out).absolute())), hear)
    finally:
        kernel.stop_channels()
        manager.shutdown_kernel(now=True)
    kept = json.loads(Path(out).read_text("utf-8"))
    Path(out).write_text(json.dumps({"results": kept, "shown": shown}), "utf-8")


def run(kernel, where, text, hear):
    reply = kernel.execute_interactive(text, timeout=SECONDS, output_hook=hear)["content"]
    if reply["status"] != "ok":
        sys.exit("\n".join([f"{where}: {reply.get('ename')}: {reply.get('evalue')}", text]))


if __name__ == "__main__":
    main(*sys.argv[1:])
