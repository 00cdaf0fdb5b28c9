"""Amazon's registry: the signature by Amazon's own published example, and the answer."""

import base64
import json

import pytest

from clusters.registries.distribution import Login, RegistryError
from clusters.registries.distribution.web import Answer
from clusters.registries.ecr import authorization, exchange, read_token

# https://docs.aws.amazon.com/amazonglacier/latest/dev/amazon-glacier-signing-requests.html and the test suite of
# Signature Version 4 ("post-vanilla").
KEY = Login("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")


def test_signature() -> None:
    headers = {"Host": "example.amazonaws.com", "X-Amz-Date": "20150830T123600Z"}
    assert authorization("POST", "/", headers, b"", KEY, region="us-east-1", service="service") == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    )


async def test_a_ready_password_is_used_as_it_is() -> None:
    login = Login("AWS", "made already")
    assert await exchange("123456789012.dkr.ecr.eu-central-1.amazonaws.com", login, ()) == login


def test_answers() -> None:
    token = base64.b64encode(b"AWS:s3cret:with:colons").decode()
    body = json.dumps({"authorizationData": [{"authorizationToken": token}]}).encode()
    assert read_token(Answer(200, {}, body, "")) == Login("AWS", "s3cret:with:colons")
    for status, reason in ((400, "unauthorized"), (403, "unauthorized"), (500, "busy"), (302, "protocol")):
        with pytest.raises(RegistryError) as caught:
            read_token(Answer(status, {}, b"{}", ""))
        assert caught.value.reason == reason
    for bad in (b"", b"{}", b'{"authorizationData": []}', b'{"authorizationData": [{"authorizationToken": "%%"}]}'):
        with pytest.raises(RegistryError):
            read_token(Answer(200, {}, bad, ""))
