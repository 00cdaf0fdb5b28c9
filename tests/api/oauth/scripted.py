"""An OpenID provider, and a GitHub, that misbehave as a test tells them: faults that no real one can be made to
show.
"""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ACCESS_TOKEN = "canary-access-token"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Answer = tuple[int, Any]


class ScriptedProvider:
    """`claims` go into the ID token, `info` into the user info; `answers` replace whole answers by path.

    An answer is (status, body), or a function that is given the handler and answers itself.
    """

    def __init__(self) -> None:
        self.key = _KEY
        self.claims: dict[str, Any] = {}
        self.info: dict[str, Any] = {"sub": "42", "email": "ines@example.com", "email_verified": True, "name": "Ines"}
        self.document: dict[str, Any] = {}
        self.answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.nonce = ""
        self.challenge = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "ScriptedProvider":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, **changes: Any) -> str:
        """An ID token that is right but for `changes`; None leaves a claim out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": "42",
            "aud": "sailcloth",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            **self.claims,
            **changes,
        }
        return jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            self.key,
            algorithm="RS256",
            headers={"kid": "one"},
        )

    def _standard(self, path: str) -> Answer:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks",
            } | self.document
        if path == "/jwks":
            public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            return 200, {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": self.token()}
        if path == "/userinfo":
            return 200, self.info
        return 404, {"error": "not_found"}

    def _handler(provider) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.seen.append((path, body, dict(self.headers)))
                answer = provider.answers.get(path) or provider._standard(path)
                if callable(answer):
                    answer(self)
                    return
                status, content = answer
                raw = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", str(content))
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        return Handler
