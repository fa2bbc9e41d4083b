"""FastMCP for Python with the fixture's trivial tools, over Streamable HTTP without sessions and with JSON answers."""

import sys

from fastmcp import FastMCP
from pydantic import BaseModel


class Message(BaseModel):
    message: str


server = FastMCP("bench")


def trivial(message: str) -> Message:
    return Message(message=message)


for index in range(int(sys.argv[2])):
    server.tool(trivial, name=f"tool_{index:02d}", description="Returns its message.")

server.run(
    transport="http",
    host="127.0.0.1",
    port=int(sys.argv[1]),
    stateless_http=True,
    json_response=True,
    show_banner=False,
    log_level="ERROR",
)
