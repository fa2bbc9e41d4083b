import asyncio

from mcp import ClientSession
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamablehttp_client

from job import job, report, text_of, url_of, version_of, visit

connect = sse_client if job["transport"] == "sse" else streamablehttp_client


async def visit_face(face):
    async with connect(url_of(face), headers=job["headers"]) as (read, write, *_):
        async with ClientSession(read, write) as session:
            greeting = await session.initialize()

            async def list_tools():
                tools = (await session.list_tools()).tools
                return [{"name": t.name, "description": t.description, "inputSchema": t.inputSchema} for t in tools]

            async def call_tool(name, arguments):
                result = await session.call_tool(name, arguments)
                return {"isError": result.isError, "text": text_of(result.content), "structured": result.structuredContent}

            return str(greeting.protocolVersion), await visit(face, list_tools, call_tool)


async def main():
    visits = [await visit_face(face) for face in job["faces"]]
    report(version_of("mcp"), [face for _, face in visits], visits[-1][0])


asyncio.run(main())
