"""What the control plane of API Gateway reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.client import send

if TYPE_CHECKING:
    from tests.aws import Aws


def test_an_integration_is_read_back_as_it_was_written(aws: Aws) -> None:
    """Without subtype and role Terraform would replace the integration on every apply."""
    queue = aws.queue()
    role = aws.sender(queue)
    api = aws.api(queue, role=role)

    client = aws.client("apigatewayv2")
    read = client.get_integration(ApiId=api.api_id, IntegrationId=api.integration_id)
    [listed] = client.get_integrations(ApiId=api.api_id)["Items"]

    for integration in (read, listed):
        assert integration["IntegrationSubtype"] == "SQS-SendMessage"
        assert integration["CredentialsArn"] == role
        assert "IntegrationMethod" not in integration


def test_an_update_of_the_role_is_kept_and_used(aws: Aws) -> None:
    """The data plane follows the control plane at once."""
    queue = aws.queue()
    api = aws.api(queue)
    powerless = aws.role("apigateway.amazonaws.com")
    assert api.post().status == 200

    aws.client("apigatewayv2").update_integration(
        ApiId=api.api_id, IntegrationId=api.integration_id, CredentialsArn=powerless
    )

    assert api.post().status == 403


def test_an_endpoint_is_reachable_without_dns(aws: Aws) -> None:
    """The API's endpoint is a path of the loopback address, in every answer."""
    api = aws.api(aws.queue())
    client = aws.client("apigatewayv2")

    assert api.endpoint == f"{aws.emulator.endpoint}/_aws/execute-api/{api.api_id}"
    assert client.get_api(ApiId=api.api_id)["ApiEndpoint"] == api.endpoint
    listed = {item["ApiId"]: item["ApiEndpoint"] for item in client.get_apis()["Items"]}
    assert listed[api.api_id] == api.endpoint


def test_the_hosts_name_addresses_an_api_too(aws: Aws) -> None:
    """Clients that send AWS's kind of host name are answered as well."""
    api = aws.api(aws.queue())
    host = f"{api.api_id}.execute-api.localhost:{aws.emulator.port}"

    answer = send("POST", f"{aws.emulator.endpoint}/commands", b"{}", {"host": host})

    assert answer.status == 200
