"""Routes of HTTP APIs that ask for IAM: signatures, permissions, and what a function learns."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.client import send
from tests.http_api import function_route

if TYPE_CHECKING:
    from tests.aws import Api, Aws
    from tests.client import Answer

QUEUED = "POST /commands"


@pytest.fixture(scope="module")
def api(aws: Aws) -> Api:
    """A route to a queue and `GET /jobs/{id}` to a function, both for signed requests only."""
    http_api = aws.api(aws.queue())
    gateway = aws.client("apigatewayv2")
    [route] = gateway.get_routes(ApiId=http_api.api_id)["Items"]
    gateway.update_route(
        ApiId=http_api.api_id, RouteId=route["RouteId"], AuthorizationType="AWS_IAM"
    )
    function_route(aws, http_api, "GET /jobs/{id}", AuthorizationType="AWS_IAM")
    return http_api


def user(aws: Aws, *resources: str) -> Credentials:
    """The key of a new user who may invoke these parts of APIs."""
    iam = aws.client("iam")
    name = f"user-{uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    if resources:
        allowed = {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": [
                f"arn:aws:execute-api:us-east-1:000000000000:{path}" for path in resources
            ],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_user_policy(UserName=name, PolicyName="it", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def signed(  # noqa: PLR0913  each test names the one thing that is wrong
    api: Api,
    caller: Credentials,
    method: str = "GET",
    path: str = "/jobs/7",
    body: bytes | None = None,
    *,
    service: str = "execute-api",
    region: str = "us-east-1",
    **headers: str,
) -> AWSRequest:
    """A request to the API with the caller's signature."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest(method, api.endpoint + path, data=body, headers=named)
    SigV4Auth(caller, service, region).add_auth(request)
    return request


def sent(request: AWSRequest, **changed: Any) -> Answer:
    """Send what was signed, or something else in its place."""
    headers = dict(request.headers.items())
    parts = {"method": request.method, "url": request.url, "body": request.data, **changed}
    return send(parts["method"], parts["url"], parts["body"], headers)


def forbidden(answer: Answer) -> bool:
    """Whether the API answers as it always does to those who may not."""
    return answer.status == 403 and json.loads(answer.text) == {"message": "Forbidden"}


def test_a_permitted_caller_gets_through_and_is_named(aws: Aws, api: Api) -> None:
    """The function learns who asks."""
    caller = user(aws, f"{api.api_id}/$default/GET/jobs/*")

    answer = sent(signed(api, caller))

    assert answer.status == 200
    authorizer = json.loads(answer.text)["requestContext"]["authorizer"]
    shown = authorizer["iam"]
    assert set(authorizer) == {"iam"}
    assert shown["accessKey"] == caller.access_key
    assert shown["accountId"] == "000000000000"
    assert shown["userArn"].startswith("arn:aws:iam::000000000000:user/user-")
    assert shown["callerId"] == shown["userId"]


def test_a_role_gets_through_with_its_session(aws: Aws, api: Api) -> None:
    """Temporary credentials are signed with their token."""
    allowed = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": f"arn:aws:execute-api:us-east-1:000000000000:{api.api_id}/*",
    }
    role = aws.role("lambda.amazonaws.com", allowed)
    given = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="it")["Credentials"]
    caller = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    answer = sent(signed(api, caller))

    shown = json.loads(answer.text)["requestContext"]["authorizer"]["iam"]
    assert shown["userArn"] == role.replace(":iam:", ":sts:").replace(
        ":role/", ":assumed-role/"
    ) + ("/it")
    lost = Credentials(given["AccessKeyId"], given["SecretAccessKey"])
    assert forbidden(sent(signed(api, lost)))


def test_a_queue_is_behind_it_too(aws: Aws, api: Api) -> None:
    """The integration still sends as its own role."""
    caller = user(aws, f"{api.api_id}/*/POST/commands")

    assert sent(signed(api, caller, "POST", "/commands", b"{}")).status == 200
    assert forbidden(api.post())


@pytest.mark.parametrize("resource", [None, "{}/$default/POST/jobs/*", "other/*"])
def test_a_caller_without_permission_is_refused(aws: Aws, api: Api, resource: str | None) -> None:
    """No policy, one for another method, one for another API."""
    caller = user(aws, *([resource.format(api.api_id)] if resource else []))

    assert forbidden(sent(signed(api, caller)))


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer x"}, {"authorization": "AWS4-HMAC-SHA256 nonsense"}],
)
def test_who_does_not_sign_is_refused(api: Api, headers: dict[str, str]) -> None:
    """Nothing else is an identity here."""
    assert forbidden(send("GET", f"{api.endpoint}/jobs/7", headers=headers))


def test_a_bad_signature_is_refused(aws: Aws, api: Api) -> None:
    """Another secret, path, body, service, region, time, or a key that nobody has."""
    caller = user(aws, f"{api.api_id}/*")
    other = Credentials(caller.access_key, "x" * 40)
    post = signed(api, caller, "POST", "/commands", b"{}")

    assert sent(post).status == 200
    assert forbidden(sent(signed(api, other)))
    assert forbidden(sent(signed(api, Credentials("AKIAIOSFODNN7EXAMPLE", "x" * 40))))
    assert forbidden(sent(signed(api, caller), url=f"{api.endpoint}/jobs/8"))
    assert forbidden(sent(post, body=b'{"type": "other"}'))
    assert forbidden(sent(signed(api, caller, service="sqs")))
    assert forbidden(sent(signed(api, caller, region="eu-central-1")))


def test_a_digest_in_a_header_does_not_stand_for_the_body(aws: Aws, api: Api) -> None:
    """What is signed is the body that arrives."""
    caller = user(aws, f"{api.api_id}/*")
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    post = signed(api, caller, "POST", "/commands", b"{}", x_amz_content_sha256=digest)

    assert sent(post).status == 200
    assert forbidden(sent(post, body=b'{"type": "other"}'))


def test_an_old_signature_is_refused(aws: Aws, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five minutes are long enough."""
    caller = user(aws, f"{api.api_id}/*")
    old = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=16)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: old)
    request = signed(api, caller)

    assert forbidden(sent(request))
