"""Who may call a REST API, and how often: signatures, API keys, usage plans, throttling."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.client import send
from tests.rest import Rest

if TYPE_CHECKING:
    from tests.aws import Aws
    from tests.client import Answer

NO_LIMIT = {"rateLimit": 1000.0, "burstLimit": 1000}


@pytest.fixture
def api(aws: Aws) -> Rest:
    """`GET /open` for everybody, `GET /closed` for those with a key."""
    rest = Rest.create(aws)
    rest.mock("GET /open")
    rest.mock("GET /closed", apiKeyRequired=True)
    rest.deploy()
    return rest


def key_for(api: Rest, **plan: Any) -> str:
    """A new API key in a new usage plan for the API."""
    gateway = api.aws.client("apigateway")
    key = gateway.create_api_key(name="someone", enabled=True)
    stages = [{"apiId": api.api_id, "stage": api.stage}]
    settings = {"throttle": NO_LIMIT, "apiStages": stages, **plan}
    plan_id = gateway.create_usage_plan(name="plan", **settings)["id"]
    gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=key["id"], keyType="API_KEY")
    value: str = key["value"]
    return value


def problem(answer: Answer) -> tuple[int, str]:
    """Status and message."""
    return answer.status, json.loads(answer.text)["message"]


@pytest.fixture
def signed_api(aws: Aws) -> Rest:
    """`GET /it` for those who sign and may invoke."""
    rest = Rest.create(aws)
    rest.mock("GET /it", authorizationType="AWS_IAM")
    rest.deploy()
    return rest


def signed(credentials: Credentials, url: str) -> Answer:
    """The answer to a signed GET."""
    request = AWSRequest("GET", url)
    SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
    return send("GET", url, headers=dict(request.headers.items()))


def caller(aws: Aws, resource: str) -> Credentials:
    """A user who may invoke a resource."""
    iam = aws.client("iam")
    name = f"user-{resource.rpartition(':')[2].replace('/', '-').replace('*', 'all')}"
    iam.create_user(UserName=name)
    allowed = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName=name, PolicyName="it", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def test_iam_lets_in_who_signs_and_may_invoke(aws: Aws, signed_api: Rest) -> None:
    """A policy names API, stage, method and path."""
    base = f"arn:aws:execute-api:us-east-1:000000000000:{signed_api.api_id}"
    url = f"{signed_api.url}/it"
    good, other = caller(aws, f"{base}/v1/GET/it"), caller(aws, f"{base}/v1/POST/*")

    assert signed(good, url).status == 200
    assert problem(signed(other, url))[0] == 403


def test_iam_refuses_who_does_not_sign(aws: Aws, signed_api: Rest) -> None:
    """No signature, another kind of token, a wrong secret and an unknown key."""
    base = f"arn:aws:execute-api:us-east-1:000000000000:{signed_api.api_id}"
    good = caller(aws, f"{base}/*")
    wrong = Credentials(good.access_key, "another-secret")
    unknown = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    url = f"{signed_api.url}/it"

    assert problem(signed_api.send("GET /it")) == (403, "Missing Authentication Token")
    assert signed_api.send("GET /it", authorization="Bearer x").status == 403
    assert signed(wrong, url).status == 403
    assert signed(unknown, url).status == 403
    assert signed(good, url).status == 200


def test_a_key_is_asked_for_where_the_method_says_so(api: Rest) -> None:
    """Missing, wrong and right."""
    key = key_for(api)

    assert api.send("GET /open").status == 200
    assert problem(api.send("GET /closed")) == (403, "Forbidden")
    assert problem(api.send("GET /closed", x_api_key="x" * 32)) == (403, "Forbidden")
    assert api.send("GET /closed", x_api_key=key).status == 200


def test_a_key_of_another_plan_does_not_fit(aws: Aws, api: Rest) -> None:
    """A plan names the stages that its keys open."""
    other = Rest.create(aws)
    other.mock("GET /closed", apiKeyRequired=True)
    other.deploy()

    assert api.send("GET /closed", x_api_key=key_for(other)).status == 403


def test_a_disabled_key_does_not_fit(api: Rest) -> None:
    """It works until it is switched off."""
    key = key_for(api)
    gateway = api.aws.client("apigateway")
    [found] = [one for one in gateway.get_api_keys(limit=500)["items"] if one.get("value") == key]
    assert api.send("GET /closed", x_api_key=key).status == 200

    operation = {"op": "replace", "path": "/enabled", "value": "false"}
    gateway.update_api_key(apiKey=found["id"], patchOperations=[operation])

    assert api.send("GET /closed", x_api_key=key).status == 403


def test_a_plan_limits_each_key(api: Rest) -> None:
    """The plan's burst is each key's own."""
    limits = {"throttle": {"rateLimit": 0.001, "burstLimit": 2}}
    first, second = key_for(api, **limits), key_for(api, **limits)

    statuses = [api.send("GET /closed", x_api_key=first).status for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert api.send("GET /closed", x_api_key=second).status == 200


def test_a_quota_ends(api: Rest) -> None:
    """Requests count per key and period."""
    key = key_for(api, quota={"limit": 2, "period": "DAY"})

    answers = [api.send("GET /closed", x_api_key=key) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert problem(answers[2]) == (429, "Limit Exceeded")


def test_a_plan_follows_its_patches(api: Rest) -> None:
    """Stages are added and removed by patches, and limits changed."""
    key = key_for(api, apiStages=[])
    gateway = api.aws.client("apigateway")
    plan = gateway.get_usage_plans(limit=500)["items"][-1]["id"]

    def patch(op: str, path: str, value: str) -> dict[str, Any]:
        operation = {"op": op, "path": path, "value": value}
        found: dict[str, Any] = gateway.update_usage_plan(
            usagePlanId=plan, patchOperations=[operation]
        )
        return found

    assert api.send("GET /closed", x_api_key=key).status == 403
    patch("add", "/apiStages", f"{api.api_id}:{api.stage}")
    assert api.send("GET /closed", x_api_key=key).status == 200
    assert patch("replace", "/throttle/burstLimit", "7")["throttle"]["burstLimit"] == 7
    patch("remove", "/apiStages", f"{api.api_id}:{api.stage}")
    assert api.send("GET /closed", x_api_key=key).status == 403


def test_a_stage_throttles_each_method(api: Rest) -> None:
    """Settings for all methods are a bucket for each; a method's own settings win."""
    api.patch_stage(
        {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "0.001"},
        {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "1"},
        {"op": "replace", "path": "/~1closed/GET/throttling/rateLimit", "value": "0.001"},
        {"op": "replace", "path": "/~1closed/GET/throttling/burstLimit", "value": "2"},
    )
    key = key_for(api)

    opened = [api.send("GET /open") for _ in range(2)]
    closed = [api.send("GET /closed", x_api_key=key).status for _ in range(3)]

    assert opened[0].status == 200
    assert problem(opened[1]) == (429, "Too Many Requests")
    assert closed == [200, 200, 429]
