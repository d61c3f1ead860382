"""The hosted web app: optional, and served with the same headers as locally."""

from typing import Any

import pytest

from clients.manifest import Manifest
from testing.template import (
    FUNCTIONS,
    PARAMETERS,
    REPOSITORY,
    RESOURCES,
    TEMPLATE,
    resources,
)

PARTS = {name: each for name, each in RESOURCES.items() if name.startswith("Page")}
BUCKET = RESOURCES["PageBucket"]["Properties"]
DISTRIBUTION = RESOURCES["DomainDistribution"]["Properties"]["DistributionConfig"]
CONDITION, BEHAVIOUR, _ = DISTRIBUTION["DefaultCacheBehavior"]["Fn::If"]
HEADERS = RESOURCES["PageHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
WEB_APP = Manifest.load(REPOSITORY / "clients/web")
DECLARED = WEB_APP.headers

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def statements(effect: str) -> list[dict[str, Any]]:
    policy = resources("AWS::S3::BucketPolicy")["PageBucketPolicy"]
    return [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == effect]


def sent_by_cloudfront(files_origin: str) -> dict[str, str]:
    """Give the headers by name, as CloudFront writes its settings."""
    policy, _ = HEADERS["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"][
        "Fn::Sub"
    ]
    security = HEADERS["SecurityHeadersConfig"]
    custom = {each["Header"]: each["Value"] for each in HEADERS["CustomHeadersConfig"]["Items"]}
    assert "ContentTypeOptions" in security
    return custom | {
        "content-security-policy": policy.replace("${Files}", files_origin and f" {files_origin}"),
        "referrer-policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "x-content-type-options": "nosniff",
    }


@pytest.mark.parametrize("name", PARTS)
def test_web_app_resources_exist_only_if_configured(name: str) -> None:
    assert PARTS[name]["Condition"] == CONDITION == "WebPageWanted"
    assert PARAMETERS["WebPage"]["Default"] == "false"


@pytest.mark.parametrize("files_origin", ["", "https://files.example.org"])
def test_web_app_has_the_same_headers_as_locally(files_origin: str) -> None:
    declared = WEB_APP.headers_with(files_origin)

    sent = sent_by_cloudfront(files_origin)

    assert sent == {name.lower(): value for name, value in declared.items()}


def test_web_app_may_use_the_bucket_of_the_files_if_there_is_one() -> None:
    content = HEADERS["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]

    _, names = content["Fn::Sub"]

    bucket = {"Fn::Sub": " https://${AttachmentsBucket.RegionalDomainName}"}
    assert names == {"Files": {"Fn::If": ["FilesWanted", bucket, ""]}}


def test_security_headers_override_the_origins() -> None:
    security = HEADERS["SecurityHeadersConfig"].values()

    assert all(each["Override"] for each in (*security, *HEADERS["CustomHeadersConfig"]["Items"]))


def test_web_app_sends_strict_transport_security() -> None:
    strict = HEADERS["SecurityHeadersConfig"]["StrictTransportSecurity"]

    assert strict["AccessControlMaxAgeSec"] >= 365 * 24 * 60 * 60
    assert BEHAVIOUR["ViewerProtocolPolicy"] == "redirect-to-https"


def test_content_security_policy_allows_only_own_sources_and_files() -> None:
    directives = dict(
        each.split(" ", 1) for each in DECLARED["Content-Security-Policy"].split("; ")
    )

    files = {name: directives.pop(name) for name in ("connect-src", "img-src", "media-src")}
    assert files == {
        "connect-src": "'self' {files}",
        "img-src": "'self' blob: {files}",
        "media-src": "blob: {files}",
    }
    assert directives["default-src"] == directives["frame-ancestors"] == "'none'"
    assert set(directives.values()) == {"'none'", "'self'"}


def test_web_app_is_the_default_root_object() -> None:
    assert DISTRIBUTION["DefaultRootObject"]["Fn::If"][:2] == ["WebPageWanted", "index.html"]
    assert BEHAVIOUR["TargetOriginId"] == "page"


def test_missing_file_is_not_found() -> None:
    (allowed,) = statements("Allow")

    # Without the right to list, S3 answers 403 for a missing file.
    assert "s3:ListBucket" in allowed["Action"]
    assert "CustomErrorResponses" not in DISTRIBUTION


def test_web_app_is_not_cached_and_is_compressed() -> None:
    # Files are marked no-cache, so they stay for the policy's minimum time: a second.
    assert BEHAVIOUR["CachePolicyId"] == CACHING_OPTIMIZED
    assert BEHAVIOUR["Compress"] is True


def test_bucket_blocks_public_access() -> None:
    blocked = BUCKET["PublicAccessBlockConfiguration"]

    assert set(blocked.values()) == {True}
    assert len(blocked) == 4
    assert BUCKET["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_only_this_distribution_reads_the_bucket() -> None:
    (allowed,) = statements("Allow")

    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == ["s3:GetObject", "s3:ListBucket"]
    (source,) = allowed["Condition"]["StringEquals"].values()
    assert source["Fn::Sub"].endswith(":distribution/${DomainDistribution}")


def test_distribution_signs_its_requests() -> None:
    (_, origin, _) = DISTRIBUTION["Origins"][1]["Fn::If"]
    access = RESOURCES["PageAccess"]["Properties"]["OriginAccessControlConfig"]

    assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["PageAccess", "Id"]}
    assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")


def test_bucket_rejects_unencrypted_requests() -> None:
    (denied,) = statements("Deny")

    assert (denied["Principal"], denied["Action"]) == ("*", "s3:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_bucket_is_encrypted_and_versions_expire() -> None:
    rules = {rule["Id"]: rule for rule in BUCKET["LifecycleConfiguration"]["Rules"]}

    assert "BucketEncryption" in BUCKET
    assert BUCKET["VersioningConfiguration"] == {"Status": "Enabled"}
    assert rules["former-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_allowed_origins_include_the_web_app() -> None:
    origins = FUNCTIONS["ConnectFunction"].variables["ALLOWED_ORIGINS"]
    listed = {"Fn::Not": [{"Fn::Equals": [{"Ref": "AllowedOrigins"}, ""]}]}

    condition, (joined, names), otherwise = (
        origins["Fn::If"][0],
        origins["Fn::If"][1]["Fn::Sub"],
        origins["Fn::If"][2],
    )

    assert TEMPLATE["Conditions"][condition] == {
        "Fn::And": [{"Condition": "WebPageWanted"}, listed]
    }
    assert joined == "${AllowedOrigins},https://${Name}"
    assert names["Name"]["Fn::If"] == [
        "DomainGiven",
        {"Ref": "DomainName"},
        {"Fn::GetAtt": ["DomainDistribution", "DomainName"]},
    ]
    assert otherwise == {"Ref": "AllowedOrigins"}


def test_web_app_and_websocket_share_a_domain() -> None:
    socket = TEMPLATE["Outputs"]["WebSocketUrl"]["Value"]["Fn::If"]
    page = TEMPLATE["Outputs"]["PageUrl"]["Value"]["Fn::If"]

    assert (socket[0], socket[1]) == ("DomainGiven", {"Fn::Sub": "wss://${DomainName}/ws/chat"})
    assert (page[0], page[1]) == ("DomainGiven", {"Fn::Sub": "https://${DomainName}/"})
    assert socket[2]["Fn::If"][:2] == [
        "WebPageWanted",
        {"Fn::Sub": "wss://${DomainDistribution.DomainName}/ws/chat"},
    ]
    assert page[2] == {"Fn::Sub": "https://${DomainDistribution.DomainName}/"}
