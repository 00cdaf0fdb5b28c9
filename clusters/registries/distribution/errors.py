"""How asking a registry fails. The message is a sentence for the person, without anything secret."""


class RegistryError(Exception):
    """`reason` is one of dns, refused, tls, timeout, network, unauthorized, forbidden, not_found, busy, protocol."""

    def __init__(self, message: str, *, reason: str, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
