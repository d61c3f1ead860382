from chat.push.credentials import Credentials
from chat.push.sigv4 import Signature, Signer

AT = 1_795_371_554.0  # 2026-11-22T18:19:14Z
A_DAY = 86_400
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")


def test_a_signature_never_changes() -> None:
    stamp = Signer("us-east-1").stamp(CREDENTIALS, AT)
    signature = Signature(stamp, "POST", "/prod/%40connections/", "gateway.test", b"hello")

    signed = signature.of(b"L0SM9cOFvHcCIhw%253D")

    assert signed == "8117d3087c433188825f7e74e21b9d227fc635f9cc733390f9cf45b3b2ba62a6"


def test_the_signing_key_of_a_day_is_derived_once() -> None:
    signer = Signer("us-east-1")

    keys = [signer.stamp(CREDENTIALS, AT + seconds).key for seconds in (0, 60)]

    assert keys[0] is keys[1]


def test_another_day_has_another_signing_key() -> None:
    signer = Signer("us-east-1")
    today, tomorrow = signer.stamp(CREDENTIALS, AT), signer.stamp(CREDENTIALS, AT + A_DAY)

    assert (today.scope[:8], tomorrow.scope[:8]) == ("20261122", "20261123")
    assert tomorrow.key is not today.key


def test_other_credentials_have_another_signing_key() -> None:
    signer = Signer("us-east-1")
    before = signer.stamp(CREDENTIALS, AT)

    after = signer.stamp(Credentials("AKIDOTHER", "other"), AT)

    assert after.key is not before.key
    assert after.access_key == "AKIDOTHER"
