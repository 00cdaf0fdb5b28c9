"""From a kubeconfig that somebody pasted to a `Connection`.

Such a file may name programs to run, files to read and proxies to trust: all that is refused by name, and
only server, authority, token and client certificate are taken. Must not know what becomes of them.
"""

from typing import Any

from clusters.kube.connection import (
    BadConnection,
    Connection,
    check_authority,
    check_credential,
    decode_pem,
)
from clusters.kube.network import BadServer, is_host_name, parse_server
from plugins.sdk import yaml

MAX_CHARACTERS = 256 * 1024
_LIMITS = yaml.Limits(characters=MAX_CHARACTERS, depth=16, nodes=5_000, aliases=0, documents=1)

_CLUSTER_KEYS = frozenset({"server", "certificate-authority-data", "tls-server-name"})
_USER_KEYS = frozenset({"token", "client-certificate-data", "client-key-data"})
# Without a meaning for a server: what kubectl itself keeps for its own use.
_IGNORED = frozenset({"extensions", "disable-compression"})
_FILE = "names a file, which is not there for us; put the content in {instead}"
_REFUSED_IN_CLUSTER = {
    "certificate-authority": _FILE.format(instead="certificate-authority-data"),
    "insecure-skip-tls-verify": "turns off the check of the server's identity; give its authority instead",
    "proxy-url": "names a proxy; connections are made directly",
}
_REFUSED_IN_USER = {
    "exec": "names a program to run, which is never done; use a token or a client certificate",
    "auth-provider": "needs a plug-in of kubectl; use a token or a client certificate",
    "tokenFile": _FILE.format(instead="token"),
    "client-certificate": _FILE.format(instead="client-certificate-data"),
    "client-key": _FILE.format(instead="client-key-data"),
    "username": "is basic authentication, which Kubernetes no longer has; use a token",
    "password": "is basic authentication, which Kubernetes no longer has; use a token",
    "as": "acts as somebody else, which is not supported",
    "as-uid": "acts as somebody else, which is not supported",
    "as-groups": "acts as somebody else, which is not supported",
    "as-user-extra": "acts as somebody else, which is not supported",
}

Json = dict[str, Any]


class BadKubeconfig(BadConnection):
    """The kubeconfig cannot be used; `field` is the path of what is wrong in it."""


def read_kubeconfig(text: str, context: str = "") -> Connection:
    """The connection of `context`, or of the current one. Other contexts are not looked at."""
    document = _load(text)
    name = context or _text(document, "current-context", "current-context") or _only(document)
    where = _named(document, "contexts", "context", name)
    cluster_name = _text(where, "cluster", f"contexts[{name}].context.cluster")
    user_name = _text(where, "user", f"contexts[{name}].context.user")
    cluster = _named(document, "clusters", "cluster", cluster_name)
    user = _named(document, "users", "user", user_name)
    at_cluster, at_user = f"clusters[{cluster_name}].cluster", f"users[{user_name}].user"
    _refuse(cluster, _CLUSTER_KEYS, _REFUSED_IN_CLUSTER, at_cluster)
    _refuse(user, _USER_KEYS, _REFUSED_IN_USER, at_user)
    connection = Connection(
        server=_server(cluster, f"{at_cluster}.server"),
        ca_data=_pem(cluster, "certificate-authority-data", at_cluster),
        server_name=_server_name(cluster, f"{at_cluster}.tls-server-name"),
        token=_text(user, "token", f"{at_user}.token").strip(),
        client_certificate=_pem(user, "client-certificate-data", at_user),
        client_key=_pem(user, "client-key-data", at_user),
    )
    if not connection.token and not connection.client_certificate and not connection.client_key:
        raise BadKubeconfig(f"The user {user_name} has neither a token nor a client certificate.", at_user)
    _check(connection, at_cluster, at_user)
    return connection


def _load(text: str) -> Json:
    if len(text) > MAX_CHARACTERS:
        raise BadKubeconfig(f"A kubeconfig has at most {MAX_CHARACTERS // 1024} KiB.", "kubeconfig")
    try:
        document = yaml.load(text, limits=_LIMITS)
    except yaml.YamlError as error:
        # The reader's own words may quote the text, and with it a secret: only the place is told.
        place = f" (line {error.line}, column {error.column})" if error.line else ""
        raise BadKubeconfig(f"It is not plain YAML, or has aliases or too much in it{place}.", "kubeconfig") from None
    if not isinstance(document, dict) or document.get("kind", "Config") != "Config":
        raise BadKubeconfig("It is not a kubeconfig: a mapping of the kind Config.", "kubeconfig")
    if document.get("apiVersion", "v1") != "v1":
        raise BadKubeconfig("Its apiVersion is not v1.", "apiVersion")
    return document


def _only(document: Json) -> str:
    """The one context of a file that names no current one."""
    contexts = document.get("contexts")
    if isinstance(contexts, list) and len(contexts) == 1 and isinstance(contexts[0], dict):
        return _text(contexts[0], "name", "contexts")
    raise BadKubeconfig("It names no current context; say which one to use.", "current-context")


def _named(document: Json, plural: str, singular: str, name: str) -> Json:
    entries = document.get(plural) or []
    if not isinstance(entries, list):
        raise BadKubeconfig(f"{plural} is not a list.", plural)
    found = [entry for entry in entries if isinstance(entry, dict) and entry.get("name") == name]
    if not found:
        raise BadKubeconfig(f"There is no {singular} of the name '{_shown(name)}' in it.", plural)
    if len(found) > 1:
        raise BadKubeconfig(f"There is more than one {singular} of the name '{_shown(name)}' in it.", plural)
    inner = found[0].get(singular)
    if not isinstance(inner, dict):
        raise BadKubeconfig(f"It has no '{singular}' in it.", f"{plural}[{_shown(name)}]")
    return inner


def _refuse(entry: Json, known: frozenset[str], refused: dict[str, str], path: str) -> None:
    for key, value in entry.items():
        if key in known or key in _IGNORED or value in (None, "", False, [], {}):
            continue
        why = refused.get(key, "is not known here")
        raise BadKubeconfig(f"{_shown(key)} {why}.", f"{path}.{_shown(key)}")


def _text(entry: Json, key: str, path: str) -> str:
    value = entry.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadKubeconfig("It must be a text; put it in quotes.", path)
    return value


def _server(cluster: Json, path: str) -> str:
    text = _text(cluster, "server", path)
    if not text:
        raise BadKubeconfig("The cluster has no server.", path)
    try:
        return parse_server(text).url
    except BadServer as error:
        raise BadKubeconfig(str(error), path) from None


def _server_name(cluster: Json, path: str) -> str:
    text = _text(cluster, "tls-server-name", path)
    if text and not is_host_name(text):
        raise BadKubeconfig("It is not a host name.", path)
    return text


def _pem(entry: Json, key: str, path: str) -> str:
    text = _text(entry, key, f"{path}.{key}")
    if not text:
        return ""
    try:
        return decode_pem(text, f"{path}.{key}")
    except BadConnection as error:
        raise BadKubeconfig(error.message, error.field) from None


def _check(connection: Connection, at_cluster: str, at_user: str) -> None:
    """The same checks as for any connection, told in the places of the file."""
    places = {
        "ca_data": f"{at_cluster}.certificate-authority-data",
        "token": f"{at_user}.token",
        "client_certificate": f"{at_user}.client-certificate-data",
        "client_key": f"{at_user}.client-key-data",
    }
    try:
        check_authority(connection.ca_data, "ca_data")
        check_credential(connection.credential)
    except BadConnection as error:
        raise BadKubeconfig(error.message, places.get(error.field, error.field)) from None


def _shown(text: str) -> str:
    """A name from the file, short enough for a sentence."""
    clean = "".join(ch if ch.isprintable() else "?" for ch in str(text))
    return clean if len(clean) <= 100 else f"{clean[:99]}…"
