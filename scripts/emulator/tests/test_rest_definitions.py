"""Definitions of REST APIs: what is refused, what is read back, what a patch changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rest import JSON, Rest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.aws import Aws


def test_an_integration_response_needs_a_declared_one(aws: Aws) -> None:
    """The status first, then every header that it sets."""
    rest = Rest.create(aws)
    where = rest.mock("GET /it")
    gateway = aws.client("apigateway")

    with pytest.raises(gateway.exceptions.NotFoundException):
        gateway.put_integration_response(**where, statusCode="404")
    with pytest.raises(gateway.exceptions.BadRequestException, match="mapping expression"):
        gateway.put_integration_response(
            **where, statusCode="200", responseParameters={"method.response.header.x": "'y'"}
        )


def test_a_second_method_of_a_resource_is_refused(aws: Aws) -> None:
    """Until the first one is deleted."""
    rest = Rest.create(aws)
    where = rest.mock("GET /it")
    gateway = aws.client("apigateway")

    with pytest.raises(gateway.exceptions.ConflictException, match="Method already exists"):
        gateway.put_method(**where, authorizationType="NONE")

    gateway.delete_method(**where)
    gateway.put_method(**where, authorizationType="NONE")


def test_what_a_method_refers_to_is_deleted_after_it(aws: Aws) -> None:
    """A model of its requests or responses, its validator, its authorizer."""
    rest = Rest.create(aws)
    gateway = aws.client("apigateway")
    api = {"restApiId": rest.api_id}
    for name in ("Asked", "Answered"):
        gateway.create_model(**api, name=name, contentType=JSON, schema="{}")
    validator = gateway.create_request_validator(**api, name="it")["id"]
    authorizer = gateway.create_authorizer(
        **api, name="it", type="TOKEN", identitySource="method.request.header.x", authorizerUri="x"
    )["id"]
    where = rest.method(
        "GET /it",
        {"type": "MOCK"},
        requestModels={JSON: "Asked"},
        requestValidatorId=validator,
        authorizationType="CUSTOM",
        authorizerId=authorizer,
    )
    gateway.put_method_response(**where, statusCode="200", responseModels={JSON: "Answered"})
    deletions: dict[str, Callable[[], object]] = {
        "model 'Asked', is referenced in method request: /it/GET": (
            lambda: gateway.delete_model(**api, modelName="Asked")
        ),
        "model 'Answered', is referenced in method response: /it/GET": (
            lambda: gateway.delete_model(**api, modelName="Answered")
        ),
        f"validator '{validator}', is referenced in method: GET//it": (
            lambda: gateway.delete_request_validator(**api, requestValidatorId=validator)
        ),
        f"authorizer '{authorizer}', is referenced in method: GET//it": (
            lambda: gateway.delete_authorizer(**api, authorizerId=authorizer)
        ),
    }

    for said, delete in deletions.items():
        with pytest.raises(gateway.exceptions.ConflictException, match=said):
            delete()
    gateway.delete_method(**where)
    for delete in deletions.values():
        delete()


def test_an_integration_is_read_back_as_it_was_put(aws: Aws) -> None:
    """Type and method, from all four calls that show an integration."""
    rest = Rest.create(aws)
    where = rest.submit(aws.queue())
    mock = rest.mock("GET /submit")
    gateway = aws.client("apigateway")
    resource = {name: where[name] for name in ("restApiId", "resourceId")}

    shown = [
        gateway.get_integration(**where),
        gateway.get_method(**where)["methodIntegration"],
        gateway.get_resource(**resource, embed=["methods"])["resourceMethods"]["POST"][
            "methodIntegration"
        ],
        next(
            one["resourceMethods"]["POST"]["methodIntegration"]
            for one in gateway.get_resources(restApiId=rest.api_id, limit=500)["items"]
            if one["id"] == where["resourceId"]
        ),
    ]

    assert [one["type"] for one in shown] == ["AWS"] * 4
    assert [one["httpMethod"] for one in shown] == ["POST"] * 4
    assert "httpMethod" not in gateway.get_integration(**mock)


def test_patches_are_applied_to_methods_and_what_belongs_to_them(aws: Aws) -> None:
    """Keys with a slash, booleans and numbers arrive as what they are; nothing else is lost."""
    rest = Rest.create(aws)
    where = rest.submit(aws.queue())
    rest.answer(where, "202", "sent", selectionPattern="200")
    gateway = aws.client("apigateway")

    def operation(path: str, value: str, op: str = "replace") -> dict[str, str]:
        return {"op": op, "path": path, "value": value}

    gateway.update_method(
        **where,
        patchOperations=[
            operation("/apiKeyRequired", "true"),
            operation("/requestModels/application~1json", "Empty", "add"),
        ],
    )
    gateway.update_integration(
        **where,
        patchOperations=[
            operation("/requestTemplates/application~1json", "changed"),
            operation("/timeoutInMillis", "5000"),
        ],
    )
    gateway.update_method_response(
        **where,
        statusCode="202",
        patchOperations=[operation("/responseParameters/method.response.header.x", "true", "add")],
    )

    method = gateway.get_method(**where)
    assert method["apiKeyRequired"] is True
    assert method["requestModels"] == {JSON: "Empty"}
    assert method["methodResponses"]["202"]["responseParameters"] == {
        "method.response.header.x": True
    }
    integration = method["methodIntegration"]
    assert integration["type"] == "AWS"
    assert integration["requestTemplates"] == {JSON: "changed"}
    assert integration["timeoutInMillis"] == 5000
    assert integration["integrationResponses"]["202"]["selectionPattern"] == "200"


def test_an_api_without_a_method_or_integration_is_not_deployed(aws: Aws) -> None:
    """Both are AWS's refusals."""
    rest = Rest.create(aws)
    gateway = aws.client("apigateway")
    with pytest.raises(gateway.exceptions.BadRequestException, match="any methods"):
        rest.deploy()

    where = {"restApiId": rest.api_id, "resourceId": rest.resource("/it"), "httpMethod": "GET"}
    gateway.put_method(**where, authorizationType="NONE")
    with pytest.raises(gateway.exceptions.BadRequestException, match="No integration"):
        rest.deploy()
