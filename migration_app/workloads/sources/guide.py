"""How to get an export out of each tool, and what it is good for. Shown on a page and in docs/formats.md."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Guide(NamedTuple):
    how: str | Promise  # the way to the file, in short
    gives: str | Promise


_ANSWERS = _("Requests with expected answers")
_LOGGED = _("Requests with today's answers, their time, tokens and cost; traffic")
_TRAFFIC = _("Traffic only: how many calls, when, how long, how expensive")

GUIDE: dict[str, Guide] = {
    "columns": Guide(
        _(
            "CSV, Excel, Parquet, JSON or JSON Lines with one request a line or row and any column names. "
            "You say which column is the question, the expected answer and so on."
        ),
        _("Whatever its columns hold"),
    ),
    "openai_batch": Guide(
        _(
            "On OpenAI's platform open Batches, choose one, and download its input and its output file. "
            "Upload both together: they are joined by custom_id."
        ),
        _("Requests with today's answers and tokens"),
    ),
    "openai_chat": Guide(_("The training file of a fine-tuning job, from Storage, Files."), _ANSWERS),
    "openai_preference": Guide(
        _("The training file of a preference-tuning job, from Storage, Files."), _ANSWERS
    ),
    "openai_evals": Guide(
        _("The JSON Lines file that an eval reads, with input and ideal, or with items."), _ANSWERS
    ),
    "promptfoo": Guide(
        _(
            "Your promptfooconfig.yaml with prompts and tests in it, a file of tests (YAML, JSON, JSON "
            "Lines or CSV), "
            "or the results: promptfoo eval --output results.json."
        ),
        _("Requests with expected answers; results also with today's answers"),
    ),
    "langfuse": Guide(
        _(
            "In Langfuse open Tracing, Observations, filter by type GENERATION and export as JSON or CSV; "
            "or take the observations of the export to blob storage, also as Parquet."
        ),
        _LOGGED,
    ),
    "langfuse_dataset": Guide(
        _("Export a dataset's items from its page, or take them from the API (dataset-items) as JSON."),
        _ANSWERS,
    ),
    "langsmith": Guide(
        _(
            "Export the runs of a project, as JSON Lines or CSV, or write what the SDK's list_runs gives "
            "for run_type “llm” to a file, one run a line."
        ),
        _LOGGED,
    ),
    "langsmith_examples": Guide(
        _("On the dataset's page choose to download it as JSON Lines or CSV."), _ANSWERS
    ),
    "helicone": Guide(_("npx @helicone/export --include-body --format jsonl"), _LOGGED),
    "litellm": Guide(
        _(
            "The standard logging payloads that the proxy writes to a bucket or hands to a callback, "
            "as JSON Lines."
        ),
        _LOGGED,
    ),
    "litellm_spend": Guide(
        _(
            "The proxy's /spend/logs, or the table LiteLLM_SpendLogs as CSV or JSON. It has requests only "
            "where "
            "store_prompts_in_spend_logs is on."
        ),
        _TRAFFIC,
    ),
    "opentelemetry": Guide(
        _(
            "What the collector's file exporter writes (OTLP as JSON). The application must capture content, "
            "which is off unless it is turned on."
        ),
        _LOGGED,
    ),
    "sharegpt": Guide(_("A JSON or JSON Lines file of conversations with from and value."), _ANSWERS),
    "azure_requests": Guide(
        _(
            "A diagnostic setting of the Azure OpenAI resource with the category RequestResponse, archived "
            "to "
            "a storage account."
        ),
        _TRAFFIC,
    ),
    "azure_gateway": Guide(
        _(
            "In API Management turn on Azure Monitor with the bodies of requests and responses, and "
            "archive the "
            "category GatewayLogs to a storage account. Bodies over its limit are cut off and cannot be "
            "replayed."
        ),
        _LOGGED,
    ),
    "bedrock": Guide(
        _(
            "Turn on model invocation logging to S3, download the files (.json.gz) and upload up to 50 of "
            "them "
            "together."
        ),
        _LOGGED,
    ),
    "bedrock_evaluation": Guide(
        _("The JSON Lines dataset of a model evaluation job, from its S3 bucket."), _ANSWERS
    ),
}
