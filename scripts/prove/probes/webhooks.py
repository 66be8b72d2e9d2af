"""Webhooks: what a receiver gets from the environment's own sender."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scripts.notifications import webhooks
from scripts.prove.assumption import NotTried, Refuted, assumed
from scripts.prove.commands import accepted
from scripts.prove.gateways import http_api
from scripts.prove.scene import PROPAGATION_SECONDS

if TYPE_CHECKING:
    from typing import Any

    from scripts.prove.scene import Scene

_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_INTERNET = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html"


@assumed(
    _INTERNET,
    means="Receivers get no webhooks, or cannot tell them from forgeries.",
    plan_b="notifications.webhooks = null: clients poll or watch.",
    local="Answers where `notifications.webhooks` is on and allows this machine.",
)
def callback_is_signed(scene: Scene) -> str:
    """The sender reaches a receiver on the internet, and the signature holds as it arrives."""
    sender = scene.target.outputs.get("functions", {}).get("webhook_sender")
    if not sender:
        raise NotTried("the environment has no webhooks: notifications.webhooks is null")
    secrets = _secrets(scene, sender["name"])
    api = scene.shared(http_api)
    # What came in the three headers, as one attribute: no id and no signature has a bar.
    mapped = "|".join(f"${{request.header.{name}}}" for name in _HEADERS)
    api.route("POST /receiver", api.integration(mapped))
    url = f"{api.endpoint}/receiver"
    command_id = accepted(scene, callback={"url": url})

    def arrived() -> dict[str, Any] | None:
        if refusal := _refusal(scene, command_id):
            host = urlsplit(url).hostname
            raise NotTried(f"{refusal}; allow it to be tried: allowed_hosts = [{host!r}]")
        return api.inbox.containing(command_id)

    message = scene.until(arrived, "the receiver is called", PROPAGATION_SECONDS)
    said = message["MessageAttributes"]["command_id"]["StringValue"].split("|")
    headers = dict(zip(_HEADERS, said, strict=True))
    for secret in secrets:
        try:
            webhooks.verify_webhook(message["Body"], headers, secret)
        except webhooks.InvalidWebhook as error:
            raise Refuted(str(error)) from error
    return f"{len(secrets)} of {len(secrets)} keys verify {headers['webhook-id'][:8]}…"


def _secrets(scene: Scene, sender: str) -> list[str]:
    """The keys with which the sender signs."""
    configuration = scene.client("lambda").get_function_configuration(FunctionName=sender)
    purposes = configuration["Environment"]["Variables"]["WEBHOOK_SECRETS"].split(",")
    names = scene.target.require("secret_names")[0]
    client = scene.client("secretsmanager")
    try:
        return [
            str(client.get_secret_value(SecretId=names[purpose])["SecretString"])
            for purpose in purposes
        ]
    except client.exceptions.ResourceNotFoundException:
        raise NotTried(f"a signing key has no value: {', '.join(purposes)}") from None


def _refusal(scene: Scene, command_id: str) -> str:
    """Why the environment does not call the receiver."""
    (endpoint,) = scene.target.require("commands_endpoint")
    callback = scene.http("GET", f"{endpoint}/{command_id}").json().get("callback", {})
    if callback.get("status") not in {"failed", "disabled"}:
        return ""
    return str(callback.get("error", {}).get("message") or callback["status"])
