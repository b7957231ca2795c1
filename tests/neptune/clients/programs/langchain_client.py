"""What somebody does with a graph in LangChain: look at its schema, ask it, and let a chain ask it.

Reads `{host, port, queries: [{query, params}], written}` from standard input, and prints what it got.
`written` is what a language model answered with: the chain takes the statement out of it and asks that.
"""

import json
import sys

from langchain_aws.chains import create_neptune_opencypher_qa_chain
from langchain_aws.graphs import NeptuneGraph
from langchain_aws.graphs.neptune_graph import NeptuneQueryException
from langchain_core.language_models import FakeListChatModel

given = json.load(sys.stdin)
graph = NeptuneGraph(given["host"], given["port"], use_https=False)


def asked(query, params):
    try:
        return {"rows": graph.query(query, params)}
    except NeptuneQueryException as refused:
        return {"error": refused.get_details()}


chain = create_neptune_opencypher_qa_chain(
    llm=FakeListChatModel(responses=[given["written"], "answered"]),
    graph=graph,
    return_direct=False,
    return_intermediate_steps=True,
    allow_dangerous_requests=True,
)
chained = chain.invoke({"query": "How many customers are there?"})
types = {"str": "STRING", "float": "DOUBLE", "int": "INTEGER", "bool": "BOOLEAN"}
labels, edge_types = graph._get_labels()
json.dump(
    {
        "text": graph.get_schema,
        "nodes": graph._get_node_properties(labels, types),
        "edges": graph._get_edge_properties(edge_types, types),
        "triples": graph._get_triples(edge_types),
        "answers": [asked(one["query"], one.get("params", {})) for one in given["queries"]],
        "chained": chained["intermediate_steps"],
    },
    sys.stdout,
)
