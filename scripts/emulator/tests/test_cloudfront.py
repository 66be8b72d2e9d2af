"""Pages behind CloudFront: who may read the bucket, what viewers get, and under which names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.client import send
from tests.pages import ACCOUNT, Page, page

if TYPE_CHECKING:
    from tests.aws import Api, Aws

APIS = "*.execute-api.us-east-1.amazonaws.com"
SOURCES = f"connect-src 'self' https://{APIS} wss://{APIS}; base-uri 'none'"
POLICY = {
    "SecurityHeadersConfig": {
        "ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": SOURCES},
        "FrameOptions": {"Override": True, "FrameOption": "DENY"},
    }
}


@pytest.fixture(scope="module")
def site(aws: Aws) -> Page:
    """A page with a policy for browsers."""
    return page(aws, policy=POLICY)


def test_the_root_is_the_default_object(site: Page) -> None:
    """A browser that opens the page's origin gets index.html, with the policy's headers."""
    answer = site.get("/")

    assert (answer.status, answer.text) == (200, "<p>Welcome")
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_page_has_awss_name_too(site: Page) -> None:
    """Tools that know the distribution's domain from Terraform reach it by the header host."""
    assert site.get("/", host=site.domain).status == 200


def test_scripts_may_connect_to_apis_where_they_are(site: Page) -> None:
    """The policy names the hosts of APIs on AWS, which are paths of this machine's port."""
    assert site.get("/").headers["content-security-policy"] == (
        f"connect-src 'self' http://127.0.0.1:{site.port} ws://127.0.0.1:{site.port};"
        " base-uri 'none'"
    )


def test_what_is_missing_is_the_error_page(site: Page) -> None:
    """S3 says 403 to whoever may not list; the distribution makes it its page with 404."""
    answer = site.get("/elsewhere")

    assert (answer.status, answer.text) == (404, "<p>Nothing")


def test_nobody_writes_through_a_distribution(site: Page) -> None:
    """Its behavior allows reading only."""
    assert site.get("/index.html", method="PUT").status == 403


def test_the_bucket_is_closed_to_everybody_else(site: Page) -> None:
    """A viewer who knows the bucket's name gets no further by it."""
    answer = send("GET", f"http://127.0.0.1:{site.port}/{site.bucket}/index.html")

    assert answer.status == 403


def test_another_distribution_may_not_read(aws: Aws) -> None:
    """Given a bucket policy that names another distribution, viewers are refused: pages, too."""
    stranger = page(aws, source=f"arn:aws:cloudfront::{ACCOUNT}:distribution/EOTHER")

    assert stranger.get("/").status == 403
    assert "Welcome" not in stranger.get("/index.html").text


def test_a_name_without_a_distribution_is_refused(site: Page) -> None:
    """As CloudFront refuses a host that none of its distributions has."""
    assert site.get("/", host=f"dnobody.cloudfront.localhost:{site.port}").status == 403


def test_a_policy_reads_back_as_it_was_written(aws: Aws) -> None:
    """No empty list of headers appears in it, which would be a change in every plan."""
    config: dict[str, Any] = {"Name": "read-back", **POLICY}
    cloudfront = aws.client("cloudfront")
    created = cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig=config)

    shown = cloudfront.get_response_headers_policy(Id=created["ResponseHeadersPolicy"]["Id"])

    read = shown["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
    assert set(read) - {"Comment"} == {"Name", "SecurityHeadersConfig"}


def test_headers_of_ones_own_are_read_back(aws: Aws) -> None:
    """Only the lists that are empty go."""
    own = {"Header": "x-robots-tag", "Value": "noindex", "Override": True}
    items = {"Quantity": 1, "Items": [own]}
    created = aws.client("cloudfront").create_response_headers_policy(
        ResponseHeadersPolicyConfig={"Name": "own-headers", "CustomHeadersConfig": items}
    )["ResponseHeadersPolicy"]

    assert created["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"] == items


def test_tags_go_with_their_distribution(aws: Aws) -> None:
    """The tagging API finds a distribution for as long as it is there, and no longer."""
    gone = page(aws)
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/{gone.distribution}"
    cloudfront, tagging = aws.client("cloudfront"), aws.client("resourcegroupstaggingapi")
    tags = {"Items": [{"Key": "Page", "Value": gone.bucket}]}
    cloudfront.tag_resource(Resource=arn, Tags=tags)

    def found() -> list[str]:
        wanted = [{"Key": "Page", "Values": [gone.bucket]}]
        answer = tagging.get_resources(TagFilters=wanted)["ResourceTagMappingList"]
        return [it["ResourceARN"] for it in answer]

    shown = cloudfront.get_distribution_config(Id=gone.distribution)
    with pytest.raises(cloudfront.exceptions.DistributionNotDisabled):
        cloudfront.delete_distribution(Id=gone.distribution, IfMatch=shown["ETag"])
    assert found() == [arn], "a distribution that is still enabled stays, tags included"

    disabled = cloudfront.update_distribution(
        Id=gone.distribution,
        IfMatch=shown["ETag"],
        DistributionConfig=shown["DistributionConfig"] | {"Enabled": False},
    )
    cloudfront.delete_distribution(Id=gone.distribution, IfMatch=disabled["ETag"])
    assert found() == []


@pytest.fixture(scope="module")
def api(aws: Aws, site: Page) -> Api:
    """An API that lets the page in, by the page's name on AWS."""
    one = aws.api(aws.queue())
    cors = {
        "AllowOrigins": [f"https://{site.domain}"],
        "AllowMethods": ["POST"],
        "ExposeHeaders": ["x-command-id"],
    }
    aws.client("apigatewayv2").update_api(ApiId=one.api_id, CorsConfiguration=cors)
    return one


def test_an_api_lets_the_page_in(api: Api, site: Page) -> None:
    """The browser is told its own name for the page, in the preflight and in the answer."""
    asked = send(
        "OPTIONS",
        f"{api.endpoint}/commands",
        headers={"origin": site.origin, "access-control-request-method": "POST"},
    )
    posted = api.post(origin=site.origin)

    assert asked.headers["access-control-allow-origin"] == site.origin
    assert posted.headers["access-control-allow-origin"] == site.origin


@pytest.mark.parametrize(
    "origin",
    [
        "http://dother000000000.cloudfront.localhost:{port}",
        "http://127.0.0.1:{port}",
        "http://{label}.cloudfront.localhost.evil.example",
        "http://evil.example",
    ],
)
def test_an_api_lets_no_other_page_in(api: Api, site: Page, origin: str) -> None:
    """Only the origin that the API allows, however much another one looks like it."""
    label = site.domain.partition(".")[0]
    answer = api.post(origin=origin.format(port=site.port, label=label))

    assert "access-control-allow-origin" not in answer.headers
