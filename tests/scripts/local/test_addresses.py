"""URLs of REST APIs, translated for this machine."""

from __future__ import annotations

from scripts.local.addresses import reachable

ENDPOINT = "http://127.0.0.1:4567"


def test_a_stages_url_becomes_a_path_of_the_stack() -> None:
    """Wherever it is in the outputs; everything else stays as it is."""
    outputs = {
        "api_endpoint": "https://a1b2.execute-api.eu-west-1.amazonaws.com/v1",
        "endpoints": ["https://a1b2.execute-api.eu-west-1.amazonaws.com/v1/submit", "other"],
        "queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/queue",
        "count": 3,
        "nothing": None,
    }

    assert reachable(outputs, ENDPOINT) == {
        **outputs,
        "api_endpoint": f"{ENDPOINT}/_aws/execute-api/a1b2/v1",
        "endpoints": [f"{ENDPOINT}/_aws/execute-api/a1b2/v1/submit", "other"],
    }
