"""What every driver needs: its job from standard input, and a place for its report on standard output."""

import importlib.metadata
import json
import sys

job = json.load(sys.stdin)


def url_of(face):
    """The URL of a face on the transport of the job."""
    return face["url"] + ("/sse" if job["transport"] == "sse" else "/mcp")


def version_of(package):
    return f"{package} {importlib.metadata.version(package)}"


def text_of(content):
    return "\n".join(block.text for block in content)


async def visit(face, list_tools, call_tool):
    """Lists the tools of a face and makes its calls."""
    tools = await list_tools()
    calls = [await call_tool(call["tool"], call["arguments"]) for call in face["calls"]]
    return {"name": face["name"], "tools": tools, "calls": calls}


def report(client, faces, revision=None):
    print(json.dumps({"client": client, "faces": faces, **({"revision": revision} if revision else {})}))
