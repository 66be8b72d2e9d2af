"""The SQS integration of REST APIs: what is sent, as whom, and what becomes of the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.rest import FORM, JSON, NASTY, SEND, Rest, sqs_uri

if TYPE_CHECKING:
    from tests.aws import Aws, Queue

ERROR = "$input.path('$.Error.Code')"


@pytest.fixture(scope="module")
def queue(aws: Aws) -> Queue:
    """A queue for the tests that receive what they send."""
    return aws.queue()


@pytest.fixture(scope="module")
def api(aws: Aws, queue: Queue) -> Rest:
    """`POST /submit` to the queue; anything but 200 is a 502 with SQS's error code."""
    rest = Rest.create(aws)
    where = rest.submit(queue)
    sent = "$input.path('$.SendMessageResponse.SendMessageResult.MessageId')"
    rest.answer(
        where,
        "202",
        sent,
        selectionPattern="200",
        responseParameters={"method.response.header.x-id": "context.extendedRequestId"},
    )
    rest.answer(where, "502", ERROR)
    rest.deploy()
    return rest


def failing(aws: Aws, queue: Queue, **changes: Any) -> Rest:
    """The same API with something wrong in its integration."""
    rest = Rest.create(aws)
    where = rest.submit(queue, **changes)
    rest.answer(where, "202", "sent", selectionPattern="200")
    rest.answer(where, "404", "gone", selectionPattern="404")
    rest.answer(where, "502", ERROR)
    rest.deploy()
    return rest


@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_a_body_arrives_byte_for_byte(aws: Aws, queue: Queue, api: Rest, body: bytes) -> None:
    """Whatever JSON a client writes is the message, and the id is its attribute."""
    answer = api.send("POST /submit", body)
    received = aws.receive(queue)

    assert answer.status == 202
    assert received["Body"].encode() == body
    assert received["MessageId"] == answer.text
    identity = {"StringValue": answer.headers["x-id"], "DataType": "String"}
    assert received["MessageAttributes"] == {"command_id": identity}
    assert answer.headers["x-id"] == answer.headers["x-amz-apigw-id"]


def test_a_charset_does_not_hide_the_content_type(api: Rest, aws: Aws, queue: Queue) -> None:
    """Templates are found by the media type alone."""
    answer = api.send("POST /submit", b"{}", content_type="application/json; charset=utf-8")

    assert answer.status == 202
    assert aws.receive(queue)["Body"] == "{}"


def test_another_content_type_is_refused(api: Rest) -> None:
    """`NEVER` passes nothing through that has no template."""
    answer = api.send("POST /submit", b"{}", content_type="text/plain")

    assert answer.status == 415
    assert json.loads(answer.text) == {"message": "Unsupported Media Type"}


def test_a_role_that_may_not_send_is_the_services_error(aws: Aws, queue: Queue) -> None:
    """The request is SQS's to refuse, so an integration response takes it."""
    api = failing(aws, queue, credentials=aws.role("apigateway.amazonaws.com"))

    answer = api.send("POST /submit", b"{}")

    assert (answer.status, answer.text) == (502, "AccessDenied")


def test_a_role_that_trusts_another_service_is_a_configuration_error(
    aws: Aws, queue: Queue
) -> None:
    """API Gateway cannot assume it, and nothing is sent."""
    api = failing(aws, queue, credentials=aws.role("lambda.amazonaws.com"))

    answer = api.send("POST /submit", b"{}")

    assert answer.status == 500
    assert json.loads(answer.text) == {"message": "Internal server error"}


def test_a_queue_that_is_gone_is_the_services_error(aws: Aws) -> None:
    """A status of SQS's that no pattern names goes to the response without a pattern."""
    gone = aws.queue()
    api = failing(aws, gone)
    aws.client("sqs").delete_queue(QueueUrl=gone.url)

    answer = api.send("POST /submit", b"{}")

    assert answer.status == 502
    assert "NonExistentQueue" in answer.text or "QueueDoesNotExist" in answer.text


def test_json_is_no_form(aws: Aws, queue: Queue) -> None:
    """Without the header for a form SQS does not know the operation: 404, and its own pattern."""
    api = failing(aws, queue, requestParameters={})

    answer = api.send("POST /submit", b"{}")

    assert (answer.status, answer.text) == (404, "gone")


def test_an_empty_attribute_is_refused_by_sqs(aws: Aws, queue: Queue) -> None:
    """As in the query protocol everywhere."""
    template = "Action=SendMessage&MessageBody=x&MessageAttribute.1.Name=id"
    template += "&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue="
    api = failing(aws, queue, requestTemplates={JSON: template})

    answer = api.send("POST /submit", b"{}")

    assert (answer.status, answer.text) == (502, "InvalidParameterValue")


def test_a_template_chooses_the_queue_by_a_parameter_of_the_path(aws: Aws, queue: Queue) -> None:
    """An override takes the place of the mapped value; a parameter without a value stays text."""
    other, where = aws.queue(), sqs_uri(queue).rpartition("/")[0] + "/{queue}"
    override = f'#set($context.requestOverride.path.queue = "{other.arn.rpartition(":")[2]}")'
    mapped = {**FORM, "integration.request.path.queue": f"'{queue.arn.rpartition(':')[2]}'"}
    both = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": [queue.arn, other.arn]}
    role = aws.role("apigateway.amazonaws.com", both)
    asked = {"uri": where, "credentials": role}
    plain = failing(aws, queue, **asked, requestParameters=mapped)
    moved = failing(
        aws, queue, **asked, requestParameters=mapped, requestTemplates={JSON: override + SEND}
    )
    unset = failing(aws, queue, **asked)

    assert plain.send("POST /submit", b'{"n":1}').status == 202
    assert aws.receive(queue)["Body"] == '{"n":1}'
    assert moved.send("POST /submit", b'{"n":2}').status == 202
    assert aws.receive(other)["Body"] == '{"n":2}'
    # The role may send to no queue of that name.
    assert unset.send("POST /submit", b"{}").text == "AccessDenied"


def test_a_message_without_a_body_is_its_own_error(aws: Aws, queue: Queue) -> None:
    """By a code that nothing else has."""
    api = failing(aws, queue, requestTemplates={JSON: "Action=SendMessage&Version=2012-11-05"})

    answer = api.send("POST /submit", b"{}")

    assert (answer.status, answer.text) == (502, "MissingParameter")


def test_without_a_response_for_the_status_the_answer_is_500(aws: Aws, queue: Queue) -> None:
    """No pattern matches and none is the default."""
    rest = Rest.create(aws)
    rest.answer(rest.submit(queue), "202", selectionPattern="5..")
    rest.deploy()

    answer = rest.send("POST /submit", b"{}")
    aws.receive(queue)

    assert answer.status == 500


def test_a_template_can_override_the_status(aws: Aws, queue: Queue) -> None:
    """What SQS says decides."""
    rest = Rest.create(aws)
    template = (
        f"#set($code = {ERROR})"
        '#if($code == "AccessDenied")#set($context.responseOverride.status = 503)busy#end'
    )
    where = rest.submit(queue, credentials=aws.role("apigateway.amazonaws.com"))
    rest.answer(where, "502", template)
    rest.deploy()

    answer = rest.send("POST /submit", b"{}")

    assert (answer.status, answer.text) == (503, "busy")
