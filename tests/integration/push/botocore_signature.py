"""What botocore's own signer says of a request."""

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from chat.push.signing import Credentials


def authorization(request: AWSRequest, credentials: Credentials, region: str) -> str:
    """Sign a request for the time in its `X-Amz-Date`, which `add_auth` would set to now."""
    signer = SigV4Auth(BotocoreCredentials(*credentials), "execute-api", region)
    request.context["timestamp"] = request.headers["X-Amz-Date"]
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}, "
        f"Signature={signer.signature(to_sign, request)}"
    )
