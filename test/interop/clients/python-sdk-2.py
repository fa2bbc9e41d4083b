import asyncio

import httpx2
from mcp import Client
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client

from job import job, report, text_of, url_of, version_of, visit


def transport_of(face):
    if job["transport"] == "sse":
        return sse_client(url_of(face), headers=job["headers"])
    http = httpx2.AsyncClient(headers=job["headers"], timeout=httpx2.Timeout(30, read=300))
    return streamable_http_client(url_of(face), http_client=http)


async def visit_face(face):
    async with Client(transport_of(face), mode=job["mode"]) as client:

        async def list_tools():
            tools = (await client.list_tools()).tools
            return [{"name": t.name, "description": t.description, "inputSchema": t.input_schema} for t in tools]

        async def call_tool(name, arguments):
            result = await client.call_tool(name, arguments)
            return {"isError": bool(result.is_error), "text": text_of(result.content), "structured": result.structured_content}

        return str(client.protocol_version), await visit(face, list_tools, call_tool)


async def main():
    visits = [await visit_face(face) for face in job["faces"]]
    report(version_of("mcp"), [face for _, face in visits], visits[-1][0])


asyncio.run(main())
