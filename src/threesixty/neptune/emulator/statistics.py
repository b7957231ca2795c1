"""Statistics of the graph, and the summary that is drawn from them.

https://docs.aws.amazon.com/neptune/latest/userguide/neptune-dfe-statistics.html
https://docs.aws.amazon.com/neptune/latest/userguide/neptune-graph-summary.html

Neptune computes them now and then by itself; the emulator does when it is asked and something has changed
since. With `disableAutoCompute` they grow old here as there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.operation import Call, Operation
from threesixty.neptune.emulator.refusal import Refusal

_NODES = (
    "MATCH (n) OPTIONAL MATCH (n)-[e]->() WITH n, collect(DISTINCT type(e)) AS out "
    "RETURN labels(n) AS labels, keys(n) AS keys, out, count(*) AS count"
)
_EDGES = "MATCH ()-[e]->() RETURN type(e) AS type, keys(e) AS keys, count(*) AS count"
_MODES = ("basic", "detailed")


@dataclass(frozen=True, slots=True)
class Computed:
    """What was counted at one moment; structures are (labels, keys, types of edges out) -> how many."""

    at: datetime
    commits: int
    nodes: Counter[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]
    edges: Counter[tuple[str, tuple[str, ...]]]

    @property
    def id(self) -> str:
        return str(int(self.at.timestamp() * 1000))


class Statistics:
    """The statistics of one cluster."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._computed: Computed | None = None
        self._automatic = True
        self._active = True

    def newest(self) -> Computed:
        """Raises a Refusal where there are none."""
        with self._lock:
            stale = not self._computed or self._computed.commits != self._engine.commits
            if self._active and self._automatic and stale:
                self._computed = self._compute()
            if not self._active or not self._computed:
                raise Refusal("StatisticsNotAvailableException", "Statistics are not available")
            return self._computed

    def get(self, _call: Call) -> Mapping[str, Any]:
        payload: dict[str, Any] = {"autoCompute": self._automatic, "active": self._active}
        if not self._active:
            return {"status": "200 OK", "payload": payload | {"statisticsId": "-1", "note": ""}}
        found = self.newest()
        return {
            "status": "200 OK",
            "payload": payload
            | {
                "statisticsId": found.id,
                "date": _moment(found.at),
                "note": "",
                "signatureInfo": {
                    "signatureCount": len(found.nodes),
                    "instanceCount": found.nodes.total(),
                    "predicateCount": len({*_keys(found.nodes), *_keys(found.edges), *_types(found)}),
                },
            },
        }

    def manage(self, call: Call) -> Mapping[str, Any]:
        mode = call.text("mode")
        if mode == "refresh":
            with self._lock:
                self._active = True
                self._computed = self._compute()
                return {"status": "200 OK", "payload": {"statisticsId": self._computed.id}}
        if mode not in ("enableAutoCompute", "disableAutoCompute"):
            raise Refusal("InvalidParameterException", f"The mode {mode} is not known")
        self._automatic = mode == "enableAutoCompute"
        self._active = self._active or self._automatic
        return {"status": "200 OK"}

    def delete(self, _call: Call) -> Mapping[str, Any]:
        with self._lock:
            self._computed, self._active = None, False
        payload = {"active": False, "statisticsId": "-1"}
        return {"statusCode": 200, "status": "200 OK", "payload": payload}

    def summary(self, call: Call) -> Mapping[str, Any]:
        mode = call.text("mode", "basic").casefold()
        if mode not in _MODES:
            raise Refusal("InvalidParameterException", f"The mode {mode} is not one of {', '.join(_MODES)}")
        found = self.newest()
        graph = _basic(found) | (_detailed(found) if mode == "detailed" else {})
        payload = {
            "version": "v1",
            "lastStatisticsComputationTime": _moment(found.at),
            "graphSummary": graph,
        }
        return {"statusCode": 200, "status": "200 OK", "payload": payload}

    def _compute(self) -> Computed:
        commits = self._engine.commits
        nodes: Counter[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = Counter()
        for row in self._engine.run(_NODES, read_only=True).rows:
            nodes[_sorted(row["labels"]), _sorted(row["keys"]), _sorted(row["out"])] += row["count"]
        edges: Counter[tuple[str, tuple[str, ...]]] = Counter()
        for row in self._engine.run(_EDGES, read_only=True).rows:
            edges[row["type"], _sorted(row["keys"])] += row["count"]
        return Computed(datetime.fromtimestamp(time.time(), UTC), commits, nodes, edges)


def routes(engine: Engine) -> list[Operation]:
    statistics = Statistics(engine)
    found = []
    for base in ("/propertygraph/statistics", "/pg/statistics"):
        found += [
            Operation("get_propertygraph_statistics", ("GET",), base, statistics.get),
            Operation("manage_propertygraph_statistics", ("POST",), base, statistics.manage),
            Operation("delete_propertygraph_statistics", ("DELETE",), base, statistics.delete),
            Operation("get_propertygraph_summary", ("GET",), f"{base}/summary", statistics.summary),
        ]
    return found


def _basic(found: Computed) -> dict[str, Any]:
    labels = sorted({label for labels, _, _ in found.nodes for label in labels})
    node_keys, edge_keys = _keys(found.nodes), _keys(found.edges)
    return {
        "numNodes": found.nodes.total(),
        "numEdges": found.edges.total(),
        "numNodeLabels": len(labels),
        "numEdgeLabels": len(_types(found)),
        "nodeLabels": labels,
        "edgeLabels": _types(found),
        "numNodeProperties": len(node_keys),
        "numEdgeProperties": len(edge_keys),
        "nodeProperties": [{key: count} for key, count in _ranked(node_keys)],
        "edgeProperties": [{key: count} for key, count in _ranked(edge_keys)],
        "totalNodePropertyValues": node_keys.total(),
        "totalEdgePropertyValues": edge_keys.total(),
    }


def _detailed(found: Computed) -> dict[str, Any]:
    nodes: Counter[tuple[tuple[str, ...], tuple[str, ...]]] = Counter()
    for (_, keys, out), count in found.nodes.items():
        nodes[keys, out] += count
    edges: Counter[tuple[str, ...]] = Counter()
    for (_, keys), count in found.edges.items():
        edges[keys] += count
    return {
        "nodeStructures": [
            {"count": count, "nodeProperties": list(keys), "distinctOutgoingEdgeLabels": list(out)}
            for (keys, out), count in _ranked(nodes)
        ],
        "edgeStructures": [{"count": count, "edgeProperties": list(keys)} for keys, count in _ranked(edges)],
    }


def _keys(structures: Mapping[tuple[Any, ...], int]) -> Counter[str]:
    """Property -> how many elements have it."""
    found: Counter[str] = Counter()
    for (_, keys, *_), count in structures.items():
        for key in keys:
            found[key] += count
    return found


def _ranked(counted: Counter[Any]) -> list[tuple[Any, int]]:
    """The most frequent first; what is equally frequent by name."""
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _types(found: Computed) -> list[str]:
    return sorted({type_ for type_, _ in found.edges})


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
