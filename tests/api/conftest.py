"""One environment whose APIs are changed under it; or one that is deployed already.

With `--env` or `--local` the suite asks an API that is deployed and applies nothing; see
tests/deployed.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from scripts.stack.clients import logs_client
from tests.canary import WatchedApi, logged
from tests.deployed import mode, reached, target
from tests.e2e.test_webhooks import webhooks
from tests.environment import prepared
from tests.issuer import AUDIENCE, Issuer, local_issuer
from tests.live import ended
from tests.unit.webhooks.receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.stack.deployment import Deployment
    from scripts.stack.stack import LocalStack

SCOPES = {
    "submit": ["commands:write"],
    "read": ["commands:read"],
    "cancel": ["commands:write"],
    "admin": "commands:admin",
}
ROUTES = {"POST /echoes": {"type": "echo"}}
API_MODES: dict[str, dict[str, Any]] = {
    "direct": {"routes": ROUTES},
    "validated": {"api": {"submission": "validated"}, "routes": ROUTES},
    "rest": {"api": {"type": "rest"}, "routes": {}, "monitoring": {"tracing": True}},
}
# Each mode says what it is, whatever terraform.tfvars says of the environment's API.
PLAIN: dict[str, Any] = {"api": {}, "commands": {}}
SEEN = pytest.StashKey[dict[str, dict[str, str]]]()


@dataclass(frozen=True)
class ApiUnderTest:
    """An API by its name, and the API behind it."""

    name: str
    api: WatchedApi
    outputs: Mapping[str, Any]

    def ended(self, command_id: str, **headers: str) -> dict[str, Any]:
        """The command once it is terminal."""
        return ended(lambda: self.get(command_id, **headers))

    def get(self, command_id: str, **headers: str) -> dict[str, Any]:
        """What the API says of a command, or of why it says nothing."""
        answer: dict[str, Any] = self.api.request("GET", f"/{command_id}", None, headers).json()
        return answer

    def at(self, path: str) -> WatchedApi:
        """The API at a path beside /commands."""
        return replace(self.api, endpoint=self.api.endpoint.removesuffix("/commands") + path)


@pytest.fixture
def seen(pytestconfig: pytest.Config) -> dict[str, dict[str, str]]:
    """What each case came to at each deployment."""
    return pytestconfig.stash.setdefault(SEEN, {})


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Who signs the tokens."""
    with local_issuer() as running:
        yield running


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """Who gets the webhooks."""
    with receiving() as running:
        yield running


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The environment of all APIs, on a local stack."""
    with prepared(tmp_path_factory.mktemp("api")) as deployment:
        yield deployment


@pytest.fixture(scope="session")
def stack(deployment: Deployment) -> LocalStack:
    """The local stack of all APIs."""
    return deployment.stack


@pytest.fixture(scope="session")
def tested(request: pytest.FixtureRequest) -> Iterator[ApiUnderTest]:
    """The environment with one mode after the other, or the deployed one."""
    if named := target(request.config):
        there = reached(named, request.config)
        yield ApiUnderTest(request.param, there.api, there.outputs)
        return
    match request.param:
        case "direct":
            variables = API_MODES["direct"] | examples(request.getfixturevalue("receiver"))
        case "callbacks":
            port = request.getfixturevalue("receiver").port
            variables = API_MODES["validated"] | webhooks(port)
        case "tokens":
            variables = tokens(request.getfixturevalue("issuer"))
        case mode:
            variables = API_MODES[mode]
    deployment = request.getfixturevalue("deployment")
    outputs = replace(deployment, variables=PLAIN | variables).apply()
    opened = ApiUnderTest(request.param, WatchedApi(outputs["commands_endpoint"]), outputs)
    yield opened
    assert_nothing_private_was_logged(opened, deployment.stack)


def assert_nothing_private_was_logged(tested: ApiUnderTest, stack: LocalStack) -> None:
    """No input, token or key that came through the API is in a log; the next API removes some."""
    lines = [*logged(logs_client(stack))]
    completed = tested.api.watch.completed
    assert sum(any(f'"{one}"' in line for line in lines) for one in completed) >= bool(completed)
    told = tested.api.watch.told(lines)
    assert not told, f"logged behind {tested.name}: {told}"


def examples(receiver: Receiver) -> dict[str, Any]:
    """What send_email and deliver_webhook need to do their work on this machine."""
    return {
        "routes": {"POST /orders": {"type": "process_order"}},
        "examples": {
            "enabled": True,
            "demo": True,
            "email": {"sender": "jobs@example.com", "identity": "jobs@example.com"},
            "webhooks": {
                "allowed_hosts": ["127.0.0.1"],
                "allow_http": True,
                "allow_loopback": True,
                "allowed_ports": [receiver.port],
            },
        },
    }


def tokens(issuer: Issuer) -> dict[str, Any]:
    """Both submission modes of an HTTP API, for bearers of tokens."""
    authentication = {"mode": "jwt", "issuer": issuer.url, "audience": [AUDIENCE], "scopes": SCOPES}
    return {"api": {"authentication": authentication, "fair_queue": True}, "routes": ROUTES}


def asked(config: pytest.Config) -> list[Any]:
    """The APIs to ask; of those that are made here the REST API is one for the long tests."""
    if named := target(config):
        return [mode(named)]
    return [pytest.param(it, marks=[pytest.mark.long] * (it == "rest")) for it in API_MODES]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask every deployment, unless a test names its own."""
    named = {
        name for mark in metafunc.definition.iter_markers("parametrize") for name in mark.args[:1]
    }
    if "tested" in metafunc.fixturenames and "tested" not in named:
        metafunc.parametrize("tested", asked(metafunc.config), indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is asked of other modes than that of the deployed API."""
    if named := target(config):
        items[:] = [one for one in items if _mode(one) in {None, mode(named)}]


def _mode(item: pytest.Item) -> str | None:
    found = getattr(item, "callspec", None)
    return found.params.get("tested") if found else None


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the cases that the APIs answer differently."""
    seen = config.stash.get(SEEN, {})
    different = {case: said for case, said in seen.items() if len(set(said.values())) > 1}
    if not different:
        return
    terminalreporter.section("what the APIs answer differently")
    for case, said in sorted(different.items()):
        terminalreporter.line(f"{case}: {json.dumps(said, ensure_ascii=False)}")
