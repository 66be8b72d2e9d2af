"""URLs of REST APIs and pages, translated for this machine."""

from __future__ import annotations

from scripts.stack.addresses import reachable

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


def test_a_page_becomes_a_name_on_the_stacks_port() -> None:
    """Browsers find names below localhost by themselves; a name that only looks like it stays."""
    outputs = {
        "preview_url": "https://d1a2b3.cloudfront.net/",
        "origin": "https://d1a2b3.cloudfront.net",
        "other": "https://d1a2b3.cloudfront.network/",
    }

    assert reachable(outputs, ENDPOINT) == {
        **outputs,
        "preview_url": "http://d1a2b3.cloudfront.localhost:4567/",
        "origin": "http://d1a2b3.cloudfront.localhost:4567",
    }
