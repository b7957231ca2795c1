"""What is in a graph, and what changed between one look and the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import neo4j
from notation import of

NODES = "MATCH (n) RETURN id(n) AS id, labels(n) AS labels, properties(n) AS properties"
EDGES = "MATCH ()-[r]->() RETURN id(r) AS id, type(r) AS labels, properties(r) AS properties"


class Look:
    """What is in the graph: nodes, relationships, labels in use, and every property with its value."""

    def __init__(self, nodes: list[neo4j.Record], edges: list[neo4j.Record]) -> None:
        self.things = {
            "nodes": {node["id"] for node in nodes},
            "relationships": {edge["id"] for edge in edges},
            "labels": {label for node in nodes for label in node["labels"]},
            "properties": set(_properties("node", nodes)) | set(_properties("edge", edges)),
        }

    @classmethod
    def at(cls, session: neo4j.Session) -> Look:
        return cls(list(session.run(NODES)), list(session.run(EDGES)))

    def changes(self, after: Look) -> dict[str, int]:
        """How many of each came and went, by the ids that the server gives."""
        found = {}
        for word, things in self.things.items():
            now = after.things[word]
            found |= {f"+{word}": len(now - things), f"-{word}": len(things - now)}
        return {word: count for word, count in found.items() if count}

    def values(self) -> Counter:
        return Counter((sort, key, value) for sort, _, key, value in self.things["properties"])

    def net_changes(self, after: Look) -> dict[str, int]:
        changes = self.changes(after)
        old, new = self.values(), after.values()
        changes |= {"+properties": (new - old).total(), "-properties": (old - new).total()}
        return net(changes)


def net(changes: dict[str, int]) -> dict[str, int]:
    """Changes with what came and what went of nodes and of relationships set off against each other."""
    netted = dict(changes)
    for word in ("nodes", "relationships"):
        difference = changes.get(f"+{word}", 0) - changes.get(f"-{word}", 0)
        netted |= {f"+{word}": max(difference, 0), f"-{word}": max(-difference, 0)}
    return {word: count for word, count in netted.items() if count}


def _properties(sort: str, elements: Iterable[neo4j.Record]) -> Iterator[tuple[str, int, str, str]]:
    for element in elements:
        for key, value in element["properties"].items():
            yield sort, element["id"], key, of(value)
