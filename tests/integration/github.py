"""GitHub's tokens, and the roles behind them as far as the emulator understands their policies.

The emulator takes a token without checking its signature. It judges policies, with these gaps:
condition keys that it does not know, and calls in which it sees no resource or a wrong one.
`relax` leaves out the former and allows the latter on everything; each is named here.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import boto3

UNKNOWN_KEYS = {
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "lambda:FunctionArn",
    "token.actions.githubusercontent.com:ref",
}
# Actions that the emulator judges on another resource than AWS does, or on none.
UNSEEN = {
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DeleteDashboards",
    "cloudwatch:GetDashboard",
    "cloudwatch:ListTagsForResource",
    "cloudwatch:PutDashboard",
    "cloudwatch:TagResource",
    "cloudwatch:UntagResource",
    "dynamodb:ListTagsOfResource",
    "dynamodb:TagResource",
    "events:DeleteRule",
    "events:DescribeRule",
    "events:ListTagsForResource",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "events:TagResource",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "lambda:CreateFunction",
    "sns:ListTagsForResource",
    "sns:TagResource",
}


def token(**claims: str) -> str:
    """A token with GitHub's issuer, STS for its audience, and these claims."""
    parts = [
        {"alg": "RS256", "typ": "JWT"},
        {
            "iss": "https://token.actions.githubusercontent.com",
            "aud": "sts.amazonaws.com",
            **claims,
        },
    ]
    encoded = [base64.urlsafe_b64encode(json.dumps(it).encode()).rstrip(b"=") for it in parts]
    return b".".join([*encoded, b"signature"]).decode()


def take(role_arn: str, **claims: str) -> dict[str, str]:
    """The environment variables of a session of that role; ClientError where it refuses."""
    answer = boto3.client("sts").assume_role_with_web_identity(
        RoleArn=role_arn, RoleSessionName="github", WebIdentityToken=token(**claims)
    )
    return {
        "AWS_ACCESS_KEY_ID": answer["Credentials"]["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": answer["Credentials"]["SecretAccessKey"],
        "AWS_SESSION_TOKEN": answer["Credentials"]["SessionToken"],
    }


def relax(role_name: str) -> None:
    """Replace the role's policies, trust and boundary by what the emulator can judge."""
    iam: Any = boto3.client("iam")
    role = iam.get_role(RoleName=role_name)["Role"]
    trust = role["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=_relaxed(trust))
    for name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
        policy = iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"]
        iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=_relaxed(policy))
    attached = iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    for arn in [*(it["PolicyArn"] for it in attached), *([boundary] if boundary else [])]:
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=_relaxed(found["Document"]), SetAsDefault=True
        )


def _relaxed(document: dict[str, Any]) -> str:
    statements = []
    for statement in document["Statement"]:
        conditions = {
            operator: known
            for operator, keys in statement.get("Condition", {}).items()
            if (known := {key: it for key, it in keys.items() if key not in UNKNOWN_KEYS})
        }
        if statement["Effect"] == "Deny" and statement.get("Condition") and not conditions:
            continue
        statements.append({**statement, "Condition": conditions})
    allowed = {
        action
        for it in document["Statement"]
        if it["Effect"] == "Allow"
        for action in ([it["Action"]] if isinstance(it["Action"], str) else it["Action"])
    }
    unseen = [it for it in sorted(UNSEEN) if {it, f"{it.partition(':')[0]}:*"} & allowed]
    if unseen:
        statements.append({"Effect": "Allow", "Action": unseen, "Resource": "*"})
    return json.dumps({**document, "Statement": statements})
