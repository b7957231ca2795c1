"""An ArcadeDB server in a process of its own, so that no JVM lives in pytest.

`python tests/graph/arcadedb.py FOLDER BOLT_PORT HTTP_PORT PASSWORD` prints `ready`, serves until its
standard input ends (so it cannot outlive the tests), and keeps everything it writes in the folder.
"""

import os
import sys
from pathlib import Path


def main(folder, bolt_port, http_port, password):
    os.chdir(folder)
    from arcadedb_embedded.server import ArcadeDBServer  # noqa: PLC0415 - after its log folder is where it should be

    config = {
        "http_port": int(http_port),
        "bolt_port": int(bolt_port),
        "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
    }
    root = str(Path(folder) / "databases")
    server = ArcadeDBServer(root, password, config, jvm_kwargs={"heap_size": "768m"})
    server.start()
    server.create_database("threesixty")
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
