"""Calls to AWS by which the deploying role is judged: what it must do, and what it must not."""

from __future__ import annotations

from hashlib import sha256

from tests.infra.iam import Call

ACCOUNT = "123456789012"
IAM = f"arn:aws:iam::{ACCOUNT}"
OURS = f"{IAM}:role/acme-jobs-dev-worker"
BOUNDARY = f"{IAM}:policy/bootstrap/acme-jobs-apply-workload-boundary"
STATE = f"arn:aws:s3:::tfstate-acme-jobs-{sha256(f'{ACCOUNT}/us-east-1'.encode()).hexdigest()[:12]}"
PAGES = f"arn:aws:cloudfront::{ACCOUNT}"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:acme-jobs-dev-worker"
WITH_BOUNDARY = {"iam:PermissionsBoundary": BOUNDARY}
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
API = "arn:aws:apigateway:us-east-1::"


def tagged(project: str, environment: str, *kinds: str) -> dict[str, str]:
    """The tags of a resource that is there (Resource), or that a request gives (Request)."""
    values = {"Project": project, "Environment": environment}
    return {f"aws:{kind}Tag/{key}": value for kind in kinds for key, value in values.items()}


# One of each kind that a deployment makes.
DEPLOYS = [
    Call("iam:CreateRole", OURS, WITH_BOUNDARY),
    Call("iam:PutRolePolicy", OURS, WITH_BOUNDARY),
    Call("iam:DeleteRole", OURS),
    Call("iam:PassRole", OURS, {"iam:PassedToService": "lambda.amazonaws.com"}),
    Call("iam:PassRole", OURS, {"iam:PassedToService": "apigateway.amazonaws.com"}),
    Call("lambda:CreateFunction", FUNCTION),
    Call("lambda:CreateEventSourceMapping", "*", {"lambda:FunctionArn": FUNCTION}),
    Call("lambda:PublishVersion", FUNCTION),
    Call("lambda:CreateAlias", FUNCTION),
    Call("lambda:UpdateAlias", FUNCTION),
    Call("lambda:DeleteAlias", FUNCTION),
    Call("lambda:UpdateEventSourceMapping", "*", {"lambda:FunctionArn": f"{FUNCTION}:live"}),
    Call("sqs:CreateQueue", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-jobs-dev-work-queue"),
    Call(
        "scheduler:CreateScheduleGroup",
        f"arn:aws:scheduler:eu-west-1:{ACCOUNT}:schedule-group/acme-jobs-dev-work-queue",
    ),
    *(
        Call(
            f"scheduler:{verb}Schedule",
            f"arn:aws:scheduler:eu-west-1:{ACCOUNT}:schedule/acme-jobs-dev-work-queue-recurring/x",
        )
        for verb in ("Create", "Update", "Delete")
    ),
    Call("iam:PassRole", OURS, {"iam:PassedToService": "scheduler.amazonaws.com"}),
    Call("dynamodb:CreateTable", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/acme-jobs-dev-x"),
    Call("s3:PutBucketPolicy", f"arn:aws:s3:::acme-jobs-dev-results-{ACCOUNT}"),
    Call("s3:DeleteObject", f"arn:aws:s3:::acme-jobs-dev-results-{ACCOUNT}/x"),
    Call("s3:PutObject", f"arn:aws:s3:::acme-jobs-dev-site-{ACCOUNT}/index.html"),
    Call(
        "cloudfront:CreateDistribution",
        f"{PAGES}:distribution/*",
        tagged("acme-jobs", "dev", "Request"),
    ),
    # AWS may not see its tags yet.
    Call("cloudfront:GetDistribution", f"{PAGES}:distribution/E1"),
    Call(
        "cloudfront:DeleteDistribution",
        f"{PAGES}:distribution/E1",
        tagged("acme-jobs", "dev", "Resource"),
    ),
    Call("cloudfront:CreateOriginAccessControl", "*"),
    Call("cloudfront:CreateResponseHeadersPolicy", "*"),
    Call("apigateway:POST", f"{API}/apis", tagged("acme-jobs", "dev", "Request")),
    Call("apigateway:PATCH", f"{API}/apis/a1b2", tagged("acme-jobs", "dev", "Resource")),
    Call("apigateway:POST", f"{API}/apis/a1b2/routes"),
    Call(
        "secretsmanager:CreateSecret",
        f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:/dev/acme-jobs/key-a1b2c3",
    ),
    Call("cloudwatch:PutCompositeAlarm", "*"),
    Call("cloudwatch:DescribeAlarms", "*"),
    Call("logs:DescribeLogGroups", "*"),
    Call("kms:CreateKey", "*", tagged("acme-jobs", "dev", "Request")),
    # What follows a key's creation at once, before AWS sees its tags.
    *(
        Call(f"kms:{action}", KEY)
        for action in (
            "CreateAlias",
            "DescribeKey",
            "EnableKeyRotation",
            "GetKeyPolicy",
            "GetKeyRotationStatus",
            "ListResourceTags",
        )
    ),
    Call("kms:CreateAlias", f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/acme-jobs-dev-alarms"),
    Call("kms:ScheduleKeyDeletion", KEY, tagged("acme-jobs", "dev", "Resource")),
    Call("s3:PutObject", f"{STATE}/acme-jobs/dev/terraform.tfstate"),
    Call("s3:DeleteObject", f"{STATE}/acme-jobs/dev/terraform.tfstate.tflock"),
]

# By what somebody would get from it.
ESCALATIONS = {
    "a role without the boundary": Call("iam:CreateRole", OURS),
    "a role with another boundary": Call(
        "iam:CreateRole", OURS, {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnly"}
    ),
    "grants to a role that has no boundary": Call("iam:PutRolePolicy", OURS),
    "a managed policy": Call("iam:AttachRolePolicy", OURS, WITH_BOUNDARY),
    "a role without its boundary": Call("iam:DeleteRolePermissionsBoundary", OURS, WITH_BOUNDARY),
    "another boundary": Call("iam:PutRolePermissionsBoundary", OURS),
    "a new version of the boundary": Call(
        "iam:CreatePolicyVersion", f"{IAM}:policy/bootstrap/acme-jobs-apply-workload-boundary"
    ),
    "more for itself": Call(
        "iam:PutRolePolicy", f"{IAM}:role/bootstrap/github-acme-jobs-apply", WITH_BOUNDARY
    ),
    "another trust for itself": Call(
        "iam:UpdateAssumeRolePolicy", f"{IAM}:role/bootstrap/github-acme-jobs-apply"
    ),
    "a person": Call("iam:CreateUser", f"{IAM}:user/acme-jobs-dev"),
    "a key": Call("iam:CreateAccessKey", f"{IAM}:user/admin"),
    "another provider of tokens": Call(
        "iam:CreateOpenIDConnectProvider", f"{IAM}:oidc-provider/evil.example.com"
    ),
    "a role of others": Call("iam:CreateRole", f"{IAM}:role/acme-shop-dev-worker", WITH_BOUNDARY),
    "a role of others, passed on": Call(
        "iam:PassRole", f"{IAM}:role/admin", {"iam:PassedToService": "lambda.amazonaws.com"}
    ),
    "a role, passed to a machine": Call(
        "iam:PassRole", OURS, {"iam:PassedToService": "ec2.amazonaws.com"}
    ),
    "to be somebody else": Call("sts:AssumeRole", f"{IAM}:role/admin"),
    "a function of others": Call(
        "lambda:UpdateFunctionCode", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:acme-shop-x"
    ),
    "a mapping of others": Call(
        "lambda:DeleteEventSourceMapping",
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:event-source-mapping:u",
        {"lambda:FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:acme-shop-x"},
    ),
    "a rollback of others": Call(
        "lambda:UpdateAlias", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:acme-shop-x"
    ),
    "a secret of others": Call(
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:/dev/acme-shop/key-a1b2c3",
    ),
    "a key's policy of others": Call("kms:PutKeyPolicy", KEY, {}),
    "a key of others, tagged": Call(
        "kms:TagResource",
        KEY,
        tagged("acme-jobs", "dev", "Request") | tagged("acme-shop", "dev", "Resource"),
    ),
    "a key of another environment": Call(
        "kms:ScheduleKeyDeletion", KEY, tagged("acme-jobs", "prod", "Resource")
    ),
    "a page of others": Call(
        "cloudfront:UpdateDistribution",
        f"{PAGES}:distribution/E2",
        tagged("acme-shop", "dev", "Resource"),
    ),
    "a page of others, tagged": Call(
        "cloudfront:TagResource",
        f"{PAGES}:distribution/E2",
        tagged("acme-jobs", "dev", "Request") | tagged("acme-shop", "dev", "Resource"),
    ),
    "an API of others": Call(
        "apigateway:DELETE", f"{API}/apis/a1b2", tagged("acme-shop", "dev", "Resource")
    ),
    "what a REST API of others consists of": Call(
        "apigateway:PUT",
        f"{API}/restapis/a1b2/resources/c3/methods/GET",
        tagged("acme-shop", "dev", "Resource"),
    ),
    "an API for others": Call(
        "apigateway:POST", f"{API}/apis", tagged("acme-shop", "dev", "Request")
    ),
    "a mail identity of others": Call(
        "ses:DeleteEmailIdentity",
        f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/example.com",
        tagged("acme-shop", "dev", "Resource"),
    ),
    "a table of a project with a longer name": Call(
        "dynamodb:DeleteTable", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/acme-jobs-eu-dev-x"
    ),
    "a table of an environment that is not deployed from GitHub": Call(
        "dynamodb:DeleteTable", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/acme-jobs-pr-7-x"
    ),
    "the state bucket": Call("s3:DeleteBucket", STATE),
    "the state bucket's policy": Call("s3:PutBucketPolicy", STATE),
    "old states": Call("s3:DeleteObjectVersion", f"{STATE}/acme-jobs/dev/terraform.tfstate"),
    "a state": Call("s3:DeleteObject", f"{STATE}/acme-jobs/dev/terraform.tfstate"),
    "a state of others": Call("s3:GetObject", f"{STATE}/acme-shop/dev/terraform.tfstate"),
    "bootstrap's own state": Call("s3:GetObject", f"{STATE}/bootstrap.tfstate"),
}
