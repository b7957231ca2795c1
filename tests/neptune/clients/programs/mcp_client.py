"""A client of the Model Context Protocol that starts the Neptune server of AWS Labs and asks it.

Reads `{environment, queries: [{query, parameters}]}` from standard input, and prints what it was answered.
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters, stdio_client

given = json.load(sys.stdin)


def said(result):
    return {"failed": bool(result.is_error), "texts": [block.text for block in result.content]}


async def main():
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "awslabs.amazon_neptune_mcp_server.server"],
        env={**os.environ, **given["environment"]},
    )
    async with Client(stdio_client(server)) as client:
        tools = await client.list_tools()
        status = await client.read_resource("amazon-neptune://status")
        schema = await client.read_resource("amazon-neptune://schema")
        answers = [said(await client.call_tool("run_opencypher_query", one)) for one in given["queries"]]
        return {
            "tools": sorted(tool.name for tool in tools.tools),
            "status": said(await client.call_tool("get_graph_status", {})),
            "schema": said(await client.call_tool("get_graph_schema", {})),
            "status_resource": [content.text for content in status.contents],
            "schema_resource": [content.text for content in schema.contents],
            "answers": answers,
        }


json.dump(asyncio.run(main()), sys.stdout)
