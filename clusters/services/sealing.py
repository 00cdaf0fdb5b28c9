"""Between the row of a cluster and a Connection: the credential is sealed on the way in and opened on the way out."""

from dataclasses import replace

from django.conf import settings

from clusters import practice_link
from clusters.kube.connection import Connection, Credential
from clusters.models import AuthType, Cluster, ClusterAccess
from clusters.services.inputs import pod_connection
from vault.services import decrypt_text, encrypt_text

_PURPOSE = "clusters.credentials"


def put_connection(cluster: Cluster, connection: Connection) -> None:
    """Set the fields of `cluster`, which is not saved; gateways of the old credentials are not used any more."""
    cluster.server = connection.server
    cluster.ca_data = connection.ca_data
    cluster.fingerprint = connection.fingerprint
    cluster.server_name = connection.server_name
    is_own = cluster.auth_type == AuthType.SERVICE_ACCOUNT
    # The token of a pod is short-lived and replaced on disk: there is nothing to keep.
    text = connection.credential.to_json()
    cluster.credentials = None if is_own else encrypt_text(text, purpose=_PURPOSE, row=cluster.pk)


def connection_of(cluster: Cluster) -> Connection:
    """How to reach `cluster`. Raises `Unreachable` for a practice cluster that is not there."""
    if cluster.access == ClusterAccess.PRACTICE:
        return practice_link.connection_for(cluster.workspace_id)
    allowed = tuple(settings.ALLOWED_NETWORKS)
    if cluster.auth_type == AuthType.SERVICE_ACCOUNT:
        own = pod_connection()
        return replace(own, allowed_networks=(*allowed, *own.allowed_networks))
    sealed = cluster.credentials
    text = decrypt_text(sealed, purpose=_PURPOSE, row=cluster.pk) if sealed else "{}"
    return Connection.of(
        cluster.server,
        Credential.from_json(text),
        ca_data=cluster.ca_data,
        server_name=cluster.server_name,
        fingerprint=cluster.fingerprint,
        allowed_networks=allowed,
    )
