"""Switch off, before a library is imported, whatever would make it call out."""

from __future__ import annotations

import os

_ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "False",  # Chroma's product telemetry
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",  # no look-up of models, not even of their newest revision
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "true",
}


def go_offline() -> None:
    """Set the environment that keeps every library of ours from opening a socket to the outside."""
    os.environ.update(_ENVIRONMENT)
