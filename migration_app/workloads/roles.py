"""What a column can be for: the table that guessing, the page and the import all read.

`names` are written as people write them in several languages, without case, accents or
signs; the earlier of two names is the likelier one.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(NamedTuple):
    key: str
    label: str | Promise
    help: str | Promise
    names: tuple[str, ...]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


ROLES: tuple[Role, ...] = (
    Role(
        "messages",
        _("Whole conversation"),
        _("A list of messages with role and content, as OpenAI's API takes them."),
        _names(
            "messages, conversation, conversations, chat, dialog, dialogue, turns, history, mensagens, "
            "mensajes, nachrichten"
        ),
    ),
    Role(
        "prompt",
        _("Question or input"),
        _("The text that your users or your software send to the model."),
        _names(
            "prompt, question, user prompt, user message, user input, input, query, request, instruction, "
            "user, text, message, ticket, body, content, pergunta, entrada, pregunta, entree, frage, "
            "eingabe, anfrage, domanda"
        ),
    ),
    Role(
        "system",
        _("Instructions (system prompt)"),
        _("What the model is told before every question. Leave empty if the question holds it."),
        _names(
            "system, system prompt, system message, instructions, context, developer, sistema, systeme, "
            "anweisung"
        ),
    ),
    Role(
        "reference",
        _("Expected answer"),
        _("What a good answer says. Answers are scored against it."),
        _names(
            "reference, expected, expected answer, expected output, ideal, answer, ground truth, gold, "
            "label, intent, target, references, correct answer, solution, truth, resposta, respuesta, "
            "reponse, antwort, erwartet, esperado, esperada, attendu, risposta"
        ),
    ),
    Role(
        "category",
        _("Category"),
        _("Results are also shown for each category, and each can be scored in its own way."),
        _names(
            "category, task, type, kind, topic, segment, class, use case, queue, group, language, "
            "categoria, categorie, kategorie, tipo, tema, thema, intent, label"
        ),
    ),
    Role(
        "logged",
        _("Answer given by today's model"),
        _("The recorded answer, if your log has it. It is kept for comparison and never sent."),
        _names(
            "response, output, completion, model response, model output, model answer, assistant, reply, "
            "generated, prediction, actual, saida, salida, sortie, ausgabe"
        ),
    ),
    Role(
        "cluster",
        _("Conversation or document"),
        _("Requests that share a source are not independent; naming it keeps the error rate honest."),
        _names(
            "conversation id, cluster, cluster id, session, session id, thread, thread id, document, "
            "document id, doc id, customer id, user id, chat id, case id, source id, group id"
        ),
    ),
    Role(
        "id",
        _("Identifier"),
        _("Your own name for the request, shown beside its answers."),
        _names(
            "id, sample id, request id, external id, uuid, key, name, no, nr, index, ticket id, custom "
            "id, identifier"
        ),
    ),
    Role(
        "weight",
        _("Weight"),
        _("How often a request like this one occurs, above 0. A test counts each request once all the same."),
        _names("weight, frequency, count, volume, peso, poids, gewicht"),
    ),
    Role(
        "response_format",
        _("Response format"),
        _('A JSON schema or {"type": "json_object"}, sent along with the request.'),
        _names("response format, json schema, schema, output format, output schema"),
    ),
    Role(
        "tools",
        _("Tools"),
        _("The functions that the model may call, as OpenAI's API takes them."),
        _names("tools, functions, tool definitions"),
    ),
    Role(
        "time",
        _("When it was asked"),
        _("From the times of a log comes how much traffic there is and when it peaks."),
        _names(
            "created at, timestamp, time, asked at, requested at, request time, start time, created, date, "
            "datetime, zeit, zeitpunkt, fecha, hora, data"
        ),
    ),
    Role(
        "model",
        _("Today's model"),
        _("The model that gave the recorded answer."),
        _names("model, model name, deployment, modell, modelo, modele"),
    ),
    Role(
        "latency",
        _("Time to answer"),
        _("How long the recorded answer took, from asking to its end."),
        _names(
            "latency, latency ms, latency s, duration, duration ms, response time, response time ms, "
            "elapsed, "
            "elapsed ms, dauer, latencia, duracion, duracao"
        ),
    ),
    Role(
        "ttft",
        _("Time to the first word"),
        _("How long it took until the recorded answer began."),
        _names("ttft, ttft ms, time to first token, time to first token ms, first token"),
    ),
    Role(
        "input_tokens",
        _("Tokens sent"),
        _("As the vendor counted them, cached ones included."),
        _names("input tokens, prompt tokens, tokens in, tokens sent, tokens input"),
    ),
    Role(
        "output_tokens",
        _("Tokens received"),
        _("As the vendor counted them, reasoning included."),
        _names("output tokens, completion tokens, tokens out, tokens received, tokens output"),
    ),
    Role(
        "cost",
        _("Cost in US dollars"),
        _("What the recorded answer cost."),
        _names("cost, cost usd, total cost, spend, price, kosten, costo, custo, cout"),
    ),
)
FACTS = ("time", "model", "latency", "ttft", "input_tokens", "output_tokens", "cost")
BY_KEY = {role.key: role for role in ROLES}
SENT = ("prompt", "messages", "system")
JUDGED_BY = ("reference", "logged")
