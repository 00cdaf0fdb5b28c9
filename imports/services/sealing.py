"""What a session was made of, sealed in its row."""

import zlib

import msgspec

from imports.models import ImportSession
from imports.types import Sent
from vault import services as vault

_PURPOSE = "import.sent"
_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Sent)


def seal(session: ImportSession, sent: Sent) -> None:
    session.sealed = vault.encrypt_bytes(zlib.compress(_encoder.encode(sent)), purpose=_PURPOSE, row=session.pk)


def unseal(session: ImportSession) -> Sent:
    return _decoder.decode(zlib.decompress(vault.decrypt_bytes(session.sealed, purpose=_PURPOSE, row=session.pk)))
