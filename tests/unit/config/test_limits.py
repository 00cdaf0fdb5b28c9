"""Bodies that are too large are refused before they are taken in."""

from typing import Any

from config.limits import BodyLimit

CHUNK = b"x" * 40


async def answered(headers: list[tuple[bytes, bytes]], chunks: int) -> tuple[int, int]:
    """(status, chunks that were read) for a limit of 100 bytes."""
    sent: list[Any] = []
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": CHUNK, "more_body": read < chunks}

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await BodyLimit(app, limit=100)({"type": "http", "headers": headers}, receive, send)
    return sent[0]["status"], read


async def test_what_fits_passes() -> None:
    assert await answered([(b"content-length", b"80")], chunks=2) == (200, 2)


async def test_an_announced_excess_is_not_even_read() -> None:
    assert await answered([(b"content-length", b"101")], chunks=3) == (413, 0)


async def test_an_unannounced_excess_ends_at_the_limit() -> None:
    assert await answered([], chunks=1000) == (413, 3)
