"""Tool definitions and calls of tools in every vendor's writing, put into OpenAI's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..conversations import json_in
from ..errors import BadRow
from .values import written_as_json


def tool_calls_in(message: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    """The calls beside a message's content: OpenAI's (also the older single one) and LangChain's."""
    calls = message.get("tool_calls")
    extra = message.get("additional_kwargs")
    if not calls and isinstance(extra, Mapping):
        calls = extra.get("tool_calls")
        message = extra if extra.get("function_call") else message
    if not calls and isinstance(message.get("function_call"), Mapping):
        calls = [{"function": message["function_call"]}]
    if not calls:
        return []
    if not isinstance(calls, list):
        raise BadRow(_("The tool calls of “%(where)s” must be a list.") % {"where": where})
    return [_call(call, where) for call in calls]


def _call(call: Any, where: str) -> dict[str, Any]:
    if not isinstance(call, Mapping):
        raise BadRow(_("A tool call of “%(where)s” is not an object.") % {"where": where})
    inner = call.get("function")
    function = inner if isinstance(inner, Mapping) else call
    arguments: Any = next(
        (function[key] for key in ("arguments", "args", "input", "parameters") if key in function), {}
    )
    return tool_call(function.get("name"), arguments, call.get("id") or call.get("call_id"), where)


def tool_call(name: Any, arguments: Any, call: Any, where: str) -> dict[str, Any]:
    """A call in OpenAI's form. Raises BadRow when it names no function."""
    if not isinstance(name, str) or not name:
        raise BadRow(_("A tool call of “%(where)s” names no function.") % {"where": where})
    written = arguments if isinstance(arguments, str) else written_as_json(arguments or {})
    return {
        "id": str(call or ""),
        "type": "function",
        "function": {"name": name, "arguments": written or "{}"},
    }


def tools_in(value: Any) -> list[dict[str, Any]]:
    """Tool definitions. Raises BadRow. Tools that a vendor runs itself (search, code) are left out."""
    if not value:
        return []
    tools = json_in(value, "tools")
    if isinstance(tools, Mapping):
        tools = tools.get("tools") or tools.get("functionDeclarations") or [tools]
    if not isinstance(tools, list):
        raise BadRow(_("“tools” must be a list of function definitions."))
    return [definition for tool in tools for one in _spread(tool) if (definition := _definition(one))]


def _spread(tool: Any) -> list[Any]:
    """Gemini lists several functions in one tool."""
    if isinstance(tool, Mapping):
        for key in ("functionDeclarations", "function_declarations"):
            if isinstance(tool.get(key), list):
                return list(tool[key])
    return [tool]


def _definition(tool: Any) -> dict[str, Any] | None:
    if isinstance(tool, str):
        tool = json_in(tool, "tools")
    if not isinstance(tool, Mapping):
        raise BadRow(_("A tool is not an object with a function."))
    function = tool.get("function") or tool.get("toolSpec") or tool.get("kwargs") or tool
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        if isinstance(tool.get("type"), str) and tool["type"] != "function":
            return None
        raise BadRow(_("A tool has no function with a name."))
    if tool.get("type") not in (None, "function", "custom", "constructor") and _schema(function) is None:
        return None  # the vendor's own: web search, a code interpreter, a computer
    kept: dict[str, Any] = {"name": function["name"]}
    if isinstance(function.get("description"), str):
        kept["description"] = function["description"]
    if (schema := _schema(function)) is not None:
        kept["parameters"] = schema
    if isinstance(function.get("strict"), bool):
        kept["strict"] = function["strict"]
    return {"type": "function", "function": kept}


def _schema(function: Mapping[str, Any]) -> Any:
    for key in ("parameters", "input_schema", "inputSchema", "parameter_definitions", "parametersJsonSchema"):
        schema = function.get(key)
        if isinstance(schema, Mapping):
            return dict(schema["json"]) if isinstance(schema.get("json"), Mapping) else dict(schema)
    return None
