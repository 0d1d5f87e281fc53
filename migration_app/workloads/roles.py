"""What a column can be for: the table that guessing, the page and the import all read.

`names` are written as people write them in several languages, without case, accents or
signs; the earlier of two names is the likelier one.
"""

from __future__ import annotations

from typing import NamedTuple


class Role(NamedTuple):
    key: str
    label: str
    help: str
    names: tuple[str, ...]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


ROLES: tuple[Role, ...] = (
    Role(
        "messages",
        "Whole conversation",
        "A list of messages with role and content, as OpenAI's API takes them.",
        _names(
            "messages, conversation, conversations, chat, dialog, dialogue, turns, history, mensagens, "
            "mensajes, nachrichten"
        ),
    ),
    Role(
        "prompt",
        "Question or input",
        "The text that your users or your software send to the model.",
        _names(
            "prompt, question, user prompt, user message, user input, input, query, request, instruction, "
            "user, text, message, ticket, body, content, pergunta, entrada, pregunta, entree, frage, "
            "eingabe, anfrage, domanda"
        ),
    ),
    Role(
        "system",
        "Instructions (system prompt)",
        "What the model is told before every question. Leave empty if the question holds it.",
        _names(
            "system, system prompt, system message, instructions, context, developer, sistema, systeme, "
            "anweisung"
        ),
    ),
    Role(
        "reference",
        "Expected answer",
        "What a good answer says. Answers are scored against it.",
        _names(
            "reference, expected, expected answer, expected output, ideal, answer, ground truth, gold, "
            "label, intent, target, references, correct answer, solution, truth, resposta, respuesta, "
            "reponse, antwort, erwartet, esperado, esperada, attendu, risposta"
        ),
    ),
    Role(
        "category",
        "Category",
        "Results are also shown for each category, and each can be scored in its own way.",
        _names(
            "category, task, type, kind, topic, segment, class, use case, queue, group, language, "
            "categoria, categorie, kategorie, tipo, tema, thema, intent, label"
        ),
    ),
    Role(
        "logged",
        "Answer given by today's model",
        "The recorded answer, if your log has it. It is kept for comparison and never sent.",
        _names(
            "response, output, completion, model response, model output, model answer, assistant, reply, "
            "generated, prediction, actual, saida, salida, sortie, ausgabe"
        ),
    ),
    Role(
        "cluster",
        "Conversation or document",
        "Requests that share a source are not independent; naming it keeps the error rate honest.",
        _names(
            "conversation id, cluster, cluster id, session, session id, thread, thread id, document, "
            "document id, doc id, customer id, user id, chat id, case id, source id, group id"
        ),
    ),
    Role(
        "id",
        "Identifier",
        "Your own name for the request, shown beside its answers.",
        _names(
            "id, sample id, request id, external id, uuid, key, name, no, nr, index, ticket id, custom "
            "id, identifier"
        ),
    ),
    Role(
        "weight",
        "Weight",
        "How often a request like this one occurs. A number above 0.",
        _names("weight, frequency, count, volume, peso, poids, gewicht"),
    ),
    Role(
        "response_format",
        "Response format",
        'A JSON schema or {"type": "json_object"}, sent along with the request.',
        _names("response format, json schema, schema, output format, output schema"),
    ),
    Role(
        "tools",
        "Tools",
        "The functions that the model may call, as OpenAI's API takes them.",
        _names("tools, functions, tool definitions"),
    ),
)
BY_KEY = {role.key: role for role in ROLES}
SENT = ("prompt", "messages", "system")
JUDGED_BY = ("reference", "logged")
