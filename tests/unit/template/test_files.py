"""The bucket of files: private, encrypted, kept, and written to by the service alone."""

from typing import Any

import pytest

from chat.files.keys import TAKEN, UPLOADS
from chat.storage.ttl import UPLOAD_SECONDS
from testing.template import FUNCTIONS, PARAMETERS, RESOURCES, TEMPLATE, Function, resources

BUCKET: dict[str, Any] = RESOURCES["AttachmentsBucket"]
PROPERTIES = BUCKET["Properties"]
DAY_SECONDS = 24 * 60 * 60

each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())


def granted(function: Function) -> set[tuple[str, str]]:
    """Give what a function may do with the bucket: actions and places."""
    return {
        (grant.action.removeprefix("s3:"), grant.target.removeprefix("${AttachmentsBucket.Arn}/"))
        for grant in function.grants
        if grant.action.startswith("s3:")
    }


def test_no_file_is_public() -> None:
    assert set(PROPERTIES["PublicAccessBlockConfiguration"].values()) == {True}
    ownership = PROPERTIES["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_files_are_encrypted_at_rest_and_in_transit() -> None:
    [rule] = PROPERTIES["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    policy = resources("AWS::S3::BucketPolicy")["AttachmentsBucketPolicy"]
    [denied] = policy["PolicyDocument"]["Statement"]

    assert RESOURCES["AttachmentsBucketPolicy"]["Condition"] == "FilesOverTlsWanted"
    assert PARAMETERS["FilesEndpoint"]["Default"] == ""
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_files_outlive_the_stack() -> None:
    assert BUCKET["DeletionPolicy"] == BUCKET["UpdateReplacePolicy"] == "Retain"


def test_bucket_is_made_unless_it_is_switched_off() -> None:
    assert TEMPLATE["Conditions"][BUCKET["Condition"]] == {
        "Fn::Equals": [{"Ref": "FilesBucket"}, "true"]
    }
    assert PARAMETERS["FilesBucket"]["Default"] == "true"


def test_uploads_are_removed_after_a_day_and_nothing_else_is() -> None:
    rules = PROPERTIES["LifecycleConfiguration"]["Rules"]

    expiring = [each for each in rules if "ExpirationInDays" in each]

    assert [(each["Prefix"], each["ExpirationInDays"]) for each in expiring] == [(UPLOADS, 1)]
    assert UPLOAD_SECONDS < DAY_SECONDS
    assert any("AbortIncompleteMultipartUpload" in each for each in rules)


def test_expired_upload_is_reported_to_the_queue_of_deletions() -> None:
    [notification] = PROPERTIES["NotificationConfiguration"]["QueueConfigurations"]
    policy = RESOURCES[BUCKET["DependsOn"]]["Properties"]["PolicyDocument"]
    [statement] = policy["Statement"]

    assert notification["Event"] == "s3:LifecycleExpiration:Delete"
    assert notification["Queue"] == statement["Resource"]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


@each_function
def test_function_may_do_only_its_part_with_files(function: Function) -> None:
    uploads, taken, bucket = f"{UPLOADS}*", f"{TAKEN}*", "AttachmentsBucket"
    deleting = {("DeleteObject", uploads), ("DeleteObject", taken)}
    expected = {
        "FileAddressesFunction": {("PutObject", uploads), ("GetObject", taken)},
        "ChatMessageFunction": {
            ("GetObject", uploads),
            ("PutObject", taken),
            ("ListBucket", bucket),
        },
        "ChangeMessageFunction": deleting,
        "DeleteFilesFunction": deleting,
        # It carries out the frames of all of them.
        "BackendFunction": {
            *deleting,
            *(("GetObject", place) for place in (uploads, taken)),
            *(("PutObject", place) for place in (uploads, taken)),
            ("ListBucket", bucket),
        },
    }

    assert granted(function) == expected.get(function.name, set())
    assert ("FILES_BUCKET" in function.variables) == (function.name in expected)


def test_browsers_of_allowed_origins_alone_reach_files() -> None:
    [rule] = PROPERTIES["CorsConfiguration"]["CorsRules"]
    _, _, without_page = rule["AllowedOrigins"]["Fn::If"]

    assert rule["AllowedMethods"] == ["GET", "POST"]
    assert without_page == {
        "Fn::If": [
            "AllowedOriginsGiven",
            {"Fn::Split": [",", {"Ref": "AllowedOrigins"}]},
            ["*"],
        ]
    }
