"""botocore's errors in an operator's words."""

from __future__ import annotations

import pytest
from botocore import exceptions as aws

from scripts.aws_errors import explain


def refused(code: str, message: str = "") -> aws.ClientError:
    """An error that AWS answered with."""
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, "ListSecrets")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (aws.NoCredentialsError(), ["credentials", "AWS_PROFILE", "make up"]),
        (
            aws.PartialCredentialsError(provider="env", cred_var="x"),
            ["no complete AWS credentials"],
        ),
        (aws.CredentialRetrievalError(provider="p", error_msg="e"), ["credential process"]),
        (aws.UnauthorizedSSOTokenError(), ["expired", "aws sso login"]),
        (aws.SSOTokenLoadError(error_msg="gone"), ["aws sso login"]),
        (aws.ProfileNotFound(profile="acme"), ["acme", "aws configure list-profiles"]),
        (aws.NoRegionError(), ["--region", "AWS_REGION"]),
        (aws.SSLError(endpoint_url="https://x", error=OSError("cert")), ["TLS", "AWS_CA_BUNDLE"]),
        (
            aws.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
            ["http://127.0.0.1:1", "AWS_ENDPOINT_URL", "make up"],
        ),
        (aws.ReadTimeoutError(endpoint_url="http://x"), ["is unreachable"]),
        (aws.UnknownServiceError(service_name="x", known_service_names=[]), ["AWS client failed"]),
        (ValueError("Invalid endpoint: nonsense"), ["nonsense", "AWS_ENDPOINT_URL"]),
        (refused("ExpiredTokenException"), ["expired", "aws sso login"]),
        (
            refused("UnrecognizedClientException", "bad token"),
            ["AWS rejected these credentials", "bad token"],
        ),
        (refused("AccessDeniedException", "User: x is not"), ["ListSecrets", "User: x is not"]),
        (refused("AccessDenied"), ["access denied to ListSecrets (AccessDenied)"]),
        (refused("ThrottlingException"), ["throttling", "wait a minute"]),
        (refused("com.amazonaws#InternalServiceError", "oops"), [": InternalServiceError oops"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_error_says_what_to_do(error: Exception, words: list[str]) -> None:
    """The line names the cause and the way out."""
    line = explain(error)
    assert line
    for word in words:
        assert word in line


def test_other_errors_are_not_explained() -> None:
    """What is not botocore's is left to others."""
    assert explain(ValueError("something else")) is None
