"""IAM, secrets, keys and signed URLs."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.aws_session import client_of, session_in_role
from scripts.prove.assumption import Refuted, assumed, expect
from scripts.prove.gateways import created_role, grant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.prove.scene import Scene

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_NONE = "None needed."
_FOREVER_SECONDS = 3600


def _role(scene: Scene) -> str:
    """The name of a role without permissions that the operator can assume."""
    account = scene.client("sts").get_caller_identity()["Arn"].split(":")
    return created_role(scene, {"AWS": f"arn:{account[1]}:iam::{account[4]}:root"})[0]


def _as_role(scene: Scene, name: str, service: str) -> Any:  # noqa: ANN401 - of any service
    """A client with the role's credentials."""
    own = scene.client(service)
    arn = scene.client("iam").get_role(RoleName=name)["Role"]["Arn"]

    def assumed_role() -> Mapping[str, str] | None:
        try:
            answer = scene.client("sts").assume_role(RoleArn=arn, RoleSessionName="prove")
        except ClientError as error:
            if "Denied" not in error_code(error):
                raise
            return None  # until the new role is known everywhere
        credentials: Mapping[str, str] = answer["Credentials"]
        return credentials

    found = scene.ready(assumed_role, "the role can be assumed")
    return client_of(
        session_in_role(found, own.meta.region_name),
        service,
        endpoint_url=own.meta.endpoint_url if scene.local else None,
        config=own.meta.config,
    )


def _denial(call: Any, **parameters: object) -> ClientError | None:  # noqa: ANN401
    try:
        call(**parameters)
    except ClientError as error:
        if "Denied" in error_code(error):
            return error
        raise
    return None


@assumed(
    f"{_IAM}/reference_policies_evaluation-logic.html",
    means="The worker takes a missing permission for another error and may use up attempts.",
    plan_b="None: add the code to `src/command_api/adapters`.",
)
def denial_has_a_known_code(scene: Scene) -> str:
    """Without a permission, SQS, DynamoDB and Secrets Manager answer `AccessDenied…`."""
    role, url = scene.shared(_role), scene.queue()
    table = {"TableName": scene.target.outputs["dynamodb_table_name"], "Key": {"id": {"S": "-"}}}
    calls = (
        ("sqs", "send_message", {"QueueUrl": url, "MessageBody": "x"}),
        ("dynamodb", "get_item", table),
        ("secretsmanager", "get_secret_value", {"SecretId": scene.run.name()}),
    )
    codes = []
    for service, operation, parameters in calls:
        error = _denial(getattr(_as_role(scene, role, service), operation), **parameters)
        if error is None:
            raise Refuted(f"{service} answers")
        codes.append(error_code(error).rpartition(".")[2])
    expect(all(code.startswith("AccessDenied") for code in codes), f"codes {codes}")
    return ", ".join(codes)


@assumed(
    f"{_IAM}/reference_policies_condition-keys.html#condition-keys-resourcetag",
    means="The first apply with GitHub's role can fail at the key of the alarm topic.",
    plan_b="Apply again after five minutes, or pass existing.kms_key.",
    unanswered="Checks no permissions of KMS.",
)
def new_key_has_its_tags_at_once(scene: Scene) -> str:
    """A tag given in CreateKey counts for `aws:ResourceTag` at once."""
    kms, name = scene.client("kms"), scene.shared(_role)
    condition = {"StringEquals": {"aws:ResourceTag/CreatedAt": scene.run.tags["CreatedAt"]}}
    grant(scene, name, "kms:DescribeKey", "*", condition)
    client = _as_role(scene, name, "kms")
    scene.pause(20)  # the policy itself has to be known first
    made: list[str] = []
    scene.temporary.make(
        "a KMS key",
        lambda: made.append(_key(kms, scene)),
        lambda: [kms.schedule_key_deletion(KeyId=one, PendingWindowInDays=7) for one in made],
    )
    began = time.monotonic()
    error = _denial(client.describe_key, KeyId=made[0])
    if error is None:
        return "allowed at once"
    scene.until(lambda: _denial(client.describe_key, KeyId=made[0]) is None, "the tag counts", 300)
    raise Refuted(f"allowed after {time.monotonic() - began:.0f} s")


def _key(kms: Any, scene: Scene) -> str:  # noqa: ANN401
    tags = [{"TagKey": one["Key"], "TagValue": one["Value"]} for one in scene.listed_tags]
    return str(kms.create_key(Description="scripts.prove", Tags=tags)["KeyMetadata"]["KeyId"])


@assumed(
    f"{_IAM}/reference_iam-quotas.html",
    means="Larger policies fit than the plan allows.",
    plan_b=_NONE,
    unanswered="Does not count a policy's characters.",
)
def policy_is_6144_characters_at_most(scene: Scene) -> str:
    """IAM refuses a managed policy of more than 6,144 characters without white space."""
    iam, name = scene.client("iam"), scene.run.name()
    resources = [f"arn:aws:sqs:us-east-1:000000000000:{'x' * 70}{n:04}" for n in range(60)]
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": resources}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    account = scene.client("sts").get_caller_identity()["Arn"].split(":")
    arn = f"arn:{account[1]}:iam::{account[4]}:policy/{name}"
    return scene.temporary.make(
        name,
        lambda: scene.refusal(iam.create_policy, PolicyName=name, PolicyDocument=document),
        lambda: iam.delete_policy(PolicyArn=arn),
    )


def _secret(scene: Scene, **value: str) -> str:
    """The name of a new secret."""
    client, name = scene.client("secretsmanager"), scene.run.name()
    return scene.temporary.make(
        name,
        lambda: str(client.create_secret(Name=name, Tags=scene.listed_tags, **value)["Name"]),
        lambda: client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True),
    )


@assumed(
    f"{_SECRETS}/apireference/API_GetSecretValue.html",
    means="A handler that needs an unset secret fails instead of waiting for it.",
    plan_b="Seed secrets before the first apply: secret_values.",
)
def empty_secret_is_not_found(scene: Scene) -> str:
    """A secret without a value is a ResourceNotFoundException."""
    name = _secret(scene)
    seen = scene.refusal(scene.client("secretsmanager").get_secret_value, SecretId=name)
    expect(seen.startswith("ResourceNotFound"), seen)
    return seen.partition(":")[0]


@assumed(
    f"{_SECRETS}/userguide/getting-started.html#term_version",
    means="`scripts.secrets rotate` changes the value before it is tested.",
    plan_b="Use `scripts.secrets` with `set` only, or secret_values with a new value_version.",
)
def pending_version_is_not_current(scene: Scene) -> str:
    """A version staged AWSPENDING is read only by its stage, until AWSCURRENT moves to it."""
    client, name = scene.client("secretsmanager"), _secret(scene, SecretString="1")
    new = client.put_secret_value(SecretId=name, SecretString="2", VersionStages=["AWSPENDING"])
    old = client.get_secret_value(SecretId=name)
    pending = client.get_secret_value(SecretId=name, VersionStage="AWSPENDING")["SecretString"]
    expect((old["SecretString"], pending) == ("1", "2"), "the new version is current already")
    client.update_secret_version_stage(
        SecretId=name,
        VersionStage="AWSCURRENT",
        MoveToVersionId=new["VersionId"],
        RemoveFromVersionId=old["VersionId"],
    )
    current = client.get_secret_value(SecretId=name)["SecretString"]
    expect(current == "2", "AWSCURRENT did not move")
    return "current after AWSCURRENT moved"


@assumed(
    f"{_SECRETS}/apireference/API_DeleteSecret.html",
    means="Destroy and apply can follow each other at any setting.",
    plan_b="None needed; secrets_recovery_window_days = 0 has no recovery window.",
    local="Refuses the name with another code.",
)
def deleted_secret_keeps_its_name(scene: Scene) -> str:
    """A secret's name cannot be used again within its recovery window."""
    client, name = scene.client("secretsmanager"), _secret(scene, SecretString="1")
    client.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    return scene.refusal(client.create_secret, Name=name, SecretString="2")


def _signed(scene: Scene, seconds: int) -> str:
    """A URL of an object of the results bucket, signed as the status function signs it."""
    bucket, key = scene.target.outputs["results_bucket_name"], f"prove/{scene.run.name()}"
    style: Any = {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
    virtual = Config(s3=style, signature_version="s3v4")
    s3 = scene.client("s3", None if scene.local else virtual)
    scene.temporary.make(
        f"s3://{bucket}/{key}",
        lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"x"),
        lambda: s3.delete_object(Bucket=bucket, Key=key),
    )
    where = {"Bucket": bucket, "Key": key}
    return str(s3.generate_presigned_url("get_object", where, ExpiresIn=seconds))


@assumed(
    f"{_S3}/VirtualHosting.html",
    means="`resultUrl` does not work in this region.",
    plan_b="Keep results below 256 KB, which stay in the record.",
    local="Signs for its own address, path-style; AWS's host names are not shown.",
)
def signed_url_answers_at_once(scene: Scene) -> str:
    """A URL signed virtual-hosted answers 200 at its own host, without a redirect."""
    url = _signed(scene, _FOREVER_SECONDS)
    _expect_status(scene, url, HTTPStatus.OK)
    return f"status 200 at {urlsplit(url).hostname}"


@assumed(
    f"{_S3}/ShareObjectPreSignedURL.html",
    means="Old links to results go on working.",
    plan_b=_NONE,
    unanswered="Does not check when a signed URL expires.",
)
def signed_url_expires(scene: Scene) -> str:
    """A signed URL answers 403 after its time."""
    url = _signed(scene, 1)
    scene.pause(3)
    _expect_status(scene, url, HTTPStatus.FORBIDDEN)
    return "status 403 after its time"


def _expect_status(scene: Scene, url: str, wanted: int) -> None:
    status = scene.http("GET", url, headers={"content-type": ""}).status
    expect(status == wanted, f"status {status}")
