"""Both clients ask a real API, as packages and as their documentation says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from command_client import Refused, submit, wait, watch
from tests.clients.node import Application, application

if TYPE_CHECKING:
    from tests.api.conftest import ApiUnderTest

pytestmark = pytest.mark.long
ORDER = {
    "productId": "p-1",
    "quantity": 2,
    "customerEmail": "ada@example.com",
    "unitPrice": 9.99,
}


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
