"""What botocore's errors mean to an operator, in one line each."""

from __future__ import annotations

from botocore import exceptions as aws

_SIGN_IN = "sign in (aws sso login, aws configure) or set AWS_PROFILE; local stack: make up"
_PERMISSION = "request that permission or use another AWS_PROFILE"

# The first line that fits wins; {error} is botocore's own text.
_CLIENT_SIDE: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (aws.NoCredentialsError, aws.PartialCredentialsError),
        f"no complete AWS credentials found; {_SIGN_IN}",
    ),
    (
        (aws.CredentialRetrievalError,),
        f"the AWS profile's credential process failed; {_SIGN_IN}",
    ),
    (
        (aws.SSOError, aws.TokenRetrievalError),
        "the AWS sign-in has expired; run: aws sso login",
    ),
    (
        (aws.ProfileNotFound,),
        "{error}; see: aws configure list-profiles",
    ),
    (
        (aws.NoRegionError,),
        "no AWS region is set; pass --region or set AWS_REGION",
    ),
    (
        (aws.SSLError,),
        "TLS connection to AWS failed ({error}); behind a company proxy, set AWS_CA_BUNDLE",
    ),
    (
        (aws.ConnectionError, aws.HTTPClientError),
        "AWS is unreachable ({error}); check AWS_ENDPOINT_URL. Local stack: make up",
    ),
    (
        (aws.BotoCoreError,),
        "the AWS client failed: {error}",
    ),
)

# What AWS answers: {call} is the API operation, {words} AWS's own message or else its code.
_ANSWERS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"}),
        "the AWS credentials have expired; run: aws sso login (or renew them another way)",
    ),
    (
        frozenset(
            {
                "AuthFailure",
                "IncompleteSignature",
                "InvalidAccessKeyId",
                "InvalidClientTokenId",
                "InvalidSignatureException",
                "SignatureDoesNotMatch",
                "UnrecognizedClientException",
            }
        ),
        f"AWS rejected these credentials ({{words}}); {_SIGN_IN}",
    ),
    (
        frozenset(
            {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
        ),
        f"access denied to {{call}} ({{words}}); {_PERMISSION}",
    ),
    (
        frozenset(
            {
                "ProvisionedThroughputExceededException",
                "RequestLimitExceeded",
                "RequestThrottled",
                "SlowDown",
                "ThrottledException",
                "Throttling",
                "ThrottlingException",
                "TooManyRequestsException",
            }
        ),
        "AWS is throttling {call}; wait a minute and run the same command again",
    ),
)


def explain(error: Exception) -> str | None:
    """Say what is wrong and what to do, or return None for an error that is not botocore's."""
    if isinstance(error, aws.ClientError):
        return _answered(error)
    for kinds, line in _CLIENT_SIDE:
        if isinstance(error, kinds):
            return line.format(error=error)
    # botocore checks the URL of an endpoint with a plain ValueError.
    if isinstance(error, ValueError) and str(error).startswith("Invalid endpoint"):
        return f"{error}; set AWS_ENDPOINT_URL to a URL like http://127.0.0.1:4566, or unset it"
    return None


def error_code(error: aws.ClientError) -> str:
    """Return AWS's code without the prefix up to ``#`` that some services put before it."""
    return str(error.response.get("Error", {}).get("Code", "Unknown")).rpartition("#")[2]


def error_message(error: aws.ClientError) -> str:
    """Return AWS's own words, as far as it sent any."""
    return str(error.response.get("Error", {}).get("Message", "")).strip()


def _answered(error: aws.ClientError) -> str:
    code, message, call = error_code(error), error_message(error), error.operation_name
    for codes, line in _ANSWERS:
        if code in codes:
            return line.format(call=call, words=message or code)
    return f"AWS refused {call}: {code} {message}"
