"""Both clients ask a real API, as packages and as their documentation says."""

from __future__ import annotations

import os
from base64 import b64encode
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from command_client import Refused, submit, verify_webhook, wait, watch
from scripts.stack.clients import secrets_client
from tests.clients.node import Application, application
from tests.e2e.test_webhooks import KEY
from tests.live import eventually

if TYPE_CHECKING:
    from scripts.stack.stack import LocalStack
    from tests.api.conftest import ApiUnderTest
    from tests.unit.webhooks.receiver import Receiver

pytestmark = pytest.mark.long
ORDER = {
    "productId": "p-1",
    "quantity": 2,
    "customerEmail": "ada@example.com",
    "unitPrice": 9.99,
}
DELIVERED = {"status": "delivered", "attempts": 1}


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An application with the TypeScript client."""
    return application(tmp_path_factory.mktemp("typescript"))


@pytest.mark.parametrize("tested", ["direct", "validated", "rest"], indirect=True, scope="session")
def test_python_submits_and_follows(tested: ApiUnderTest) -> None:
    """To the result; and what the API refuses is refused."""
    endpoint = tested.api.endpoint
    command_id = submit(endpoint, "echo", {"n": 1})
    *_, last = watch(endpoint, command_id, timeout=60)
    assert last["result"] == {"echo": {"n": 1}, "attempt": 1}
    assert wait(endpoint, command_id, timeout=60) == last
    if tested.name != "rest":
        own = f"order-{uuid4().hex}"
        assert {submit(endpoint, "echo", {"n": 2}, command_id=own) for _ in range(2)} == {own}
        assert wait(endpoint, own, timeout=60)["attempts"] == 1
    if tested.name == "validated":
        with pytest.raises(Refused, match="422"):
            submit(endpoint, "unheard_of")
        key = uuid4().hex
        assert len({submit(endpoint, "echo", {"n": 3}, key=key) for _ in range(2)}) == 1


@pytest.mark.parametrize("tested", ["direct", "validated", "rest"], indirect=True, scope="session")
def test_typescript_submits_and_follows(tested: ApiUnderTest, app: Application) -> None:
    """In the same way."""
    script = """
    const commands = new Commands(given.url);
    const id = await commands.submit("echo", { n: 1 });
    const states = await collected(commands.watch(id, { timeout: 60 }));
    const ended = await commands.wait(id, { timeout: 60 });
    const own = [];
    for (const _ of given.own ? [1, 2] : []) {
      own.push(await commands.submit("echo", { n: 2 }, { id: given.own }));
    }
    const key = { key: given.key };
    const keyed = given.key
      ? [await commands.submit("echo", {}, key), await commands.submit("echo", {}, key)] : [];
    const refused = given.key ? await failure(commands.submit("unheard_of", {})) : null;
    tell({ last: states.at(-1), ended, own, keyed, refused });
    """
    own = "" if tested.name == "rest" else f"order-{uuid4().hex}"
    key = uuid4().hex if tested.name == "validated" else ""
    said: dict[str, Any] = app.run(script, {"url": tested.api.endpoint, "own": own, "key": key})
    assert said["ended"] == said["last"]
    assert said["ended"]["result"] == {"echo": {"n": 1}, "attempt": 1}
    assert said["own"] == ([own, own] if own else [])
    if key:
        first, second = said["keyed"]
        assert first == second
        assert (said["refused"]["name"], said["refused"]["status"]) == ("Refused", 422)


@pytest.mark.own_stack
@pytest.mark.parametrize("tested", ["callbacks"], indirect=True, scope="session")
def test_a_receiver_that_a_client_names_is_called(
    tested: ApiUnderTest, stack: LocalStack, receiver: Receiver, app: Application
) -> None:
    """Signed for `verify_webhook`, and the command says so; another host is refused."""
    key = f"whsec_{b64encode(os.urandom(32)).decode()}"
    secret = tested.outputs["secret_names"][KEY]
    secrets_client(stack).put_secret_value(SecretId=secret, SecretString=key)
    endpoint, here = tested.api.endpoint, f"http://localhost:{receiver.port}"
    python = submit(
        endpoint, "echo", {"n": 1}, callback={"url": f"{here}/python", "includeResult": True}
    )
    script = """
    const commands = new Commands(given.url);
    const callback = { url: given.here + "/typescript", includeResult: true };
    const away = { callback: { url: "https://elsewhere.example/" } };
    tell({
      id: await commands.submit("echo", { n: 1 }, { callback }),
      refused: await failure(commands.submit("echo", {}, away)),
    });
    """
    said: dict[str, Any] = app.run(script, {"url": endpoint, "here": here})
    with pytest.raises(Refused, match="422"):
        submit(endpoint, "echo", callback={"url": "https://elsewhere.example/"})
    assert said["refused"]["status"] == 422

    def delivered(command_id: str) -> bool:
        return wait(endpoint, command_id, timeout=60).get("callback") == DELIVERED

    for path, command_id in (("/python", python), ("/typescript", said["id"])):
        eventually(partial(delivered, command_id), seconds=60)
        [(headers, body)] = [(sent, body) for at, sent, body in receiver.received if at == path]
        data = verify_webhook(body, dict(headers), key)["data"]
        assert (data["commandId"], data["result"]["echo"]) == (command_id, {"n": 1})
    script = "tell(await new Commands(given.url).wait(given.id));"
    ended = app.run(script, {"url": endpoint, "id": said["id"]})
    assert ended["callback"] == DELIVERED


@pytest.mark.own_stack
@pytest.mark.parametrize("tested", ["direct"], indirect=True, scope="session")
def test_a_result_is_as_its_schema_says(tested: ApiUnderTest, app: Application) -> None:
    """The worker has checked it, so that both clients can promise its type."""
    script = """
    const commands = new Commands(given.url);
    const id = await commands.submit("process_order", given.order);
    tell((await commands.wait(id, { timeout: 60 })).result);
    """
    result = app.run(script, {"url": tested.api.endpoint, "order": ORDER})
    assert (sorted(result), result["status"]) == (
        ["createdAt", "message", "orderId", "status"],
        "PROCESSED",
    )
