import asyncio

from fastmcp import Client
from fastmcp.client.transports import SSETransport, StreamableHttpTransport

from job import job, report, text_of, url_of, version_of, visit

Transport = SSETransport if job["transport"] == "sse" else StreamableHttpTransport


async def visit_face(face):
    async with Client(Transport(url_of(face), headers=job["headers"])) as client:

        async def list_tools():
            tools = await client.list_tools_mcp()
            return [tool_of(tool.model_dump(by_alias=True)) for tool in tools.tools]

        async def call_tool(name, arguments):
            result = await client.call_tool_mcp(name, arguments)
            dumped = result.model_dump(by_alias=True)
            return {
                "isError": bool(dumped.get("isError")),
                "text": text_of(result.content),
                "structured": dumped.get("structuredContent"),
            }

        return await visit(face, list_tools, call_tool)


def tool_of(tool):
    return {member: tool[member] for member in ("name", "description", "inputSchema")}


async def main():
    report(version_of("fastmcp"), [await visit_face(face) for face in job["faces"]])


asyncio.run(main())
