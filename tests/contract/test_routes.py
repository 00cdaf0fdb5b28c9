"""The routes that a client may count on, by method and path."""

import pytest

from tests.architecture.routes import all_routes

# Each line of the published contract that is served today.
SERVED = """
POST /v1/api/auth/register
POST /v1/api/auth/login
POST /v1/api/auth/refresh
POST /v1/api/auth/logout
GET /v1/api/auth/methods
GET /v1/api/auth/oauth/:provider/authorize
GET /v1/api/auth/oauth/:provider/callback
POST /v1/api/auth/oauth/exchange
GET /v1/api/auth/sessions
DELETE /v1/api/auth/sessions/:id
POST /v1/api/auth/password/forgot
POST /v1/api/auth/password/reset
GET /v1/api/profile
PUT /v1/api/profile
PUT /v1/api/profile/password
GET /v1/api/tokens
POST /v1/api/tokens
DELETE /v1/api/tokens/:id
GET /v1/api/profile/identities
POST /v1/api/profile/identities
POST /v1/api/profile/identities/depart
DELETE /v1/api/profile/identities/:id
POST /v1/api/stream-tickets
POST /v1/api/workflows
GET /v1/api/workflows
GET /v1/api/workflows/:id
PUT /v1/api/workflows/:id
DELETE /v1/api/workflows/:id
POST /v1/api/workflows/:id/clone
PUT /v1/api/workflows/:id/status
POST /v1/api/workflows/:id/save
POST /v1/api/workflows/:id/validate
POST /v1/api/workflows/:id/plan
GET /v1/api/workflows/:id/manifests
POST /v1/api/workflows/:id/run
GET /v1/api/workflows/:id/runs
GET /v1/api/workflows/:id/awaited-runs/:awaited_id
POST /v1/api/workflows/:id/nodes/:node_id/build
POST /v1/api/workflows/:id/rollback
GET /v1/api/workflows/:id/targets
GET /v1/api/workflows/:id/drift
POST /v1/api/workflows/:id/drift/revert
POST /v1/api/workflows/:id/drift/adopt
GET /v1/api/workflows/:id/status
GET /v1/api/workflows/:id/status/stream
GET /v1/api/workflows/:id/versions
POST /v1/api/workflows/:id/versions
GET /v1/api/workflows/:id/versions/:version
PUT /v1/api/workflows/:id/versions/:version
POST /v1/api/workflows/:id/versions/:version/restore
GET /v1/api/workflows/:id/versions/compare
POST /v1/api/workflows/:id/share
GET /v1/api/workflows/:id/shares
DELETE /v1/api/workflows/:id/shares/:share_id
GET /v1/api/workflows/:id/nodes/:node_id/diagnostics
GET /v1/api/workflows/:id/nodes/:node_id/fix-template/:fix_type
POST /v1/api/workflows/:id/nodes/:node_id/fix
GET /v1/api/runs/:id
POST /v1/api/runs/:id/cancel
POST /v1/api/targets/:id/undeploy
POST /v1/api/clusters
GET /v1/api/clusters
GET /v1/api/clusters/default
GET /v1/api/clusters/:name
PUT /v1/api/clusters/:name
DELETE /v1/api/clusters/:name
PUT /v1/api/clusters/:name/default
POST /v1/api/clusters/:name/test
GET /v1/api/clusters/:name/status
GET /v1/api/clusters/:name/logs
PUT /v1/api/clusters/:name/credentials
POST /v1/api/clusters/:name/refresh
GET /v1/api/clusters/:name/metadata
GET /v1/api/clusters/:name/metrics
POST /v1/api/clusters/:name/share
GET /v1/api/clusters/:name/shares
DELETE /v1/api/clusters/:name/shares/:id
GET /v1/api/resources
POST /v1/api/resources/sync
GET /v1/api/resources/:id
PATCH /v1/api/resources/:id
DELETE /v1/api/resources/:id
GET /v1/api/resources/:id/pods
GET /v1/api/resources/:id/metrics
POST /v1/api/resources/:id/scale
POST /v1/api/resources/:id/restart
GET /v1/api/resources/:id/stream
GET /v1/api/resources/:id/logs/stream
GET /v1/api/resources/:id/exec/terminal
GET /v1/api/registries
GET /v1/api/registries/lookup
GET /v1/api/registries/tags
GET /v1/api/registries/:id
GET /v1/api/registries/:id/repositories
GET /v1/api/registries/:id/tags
POST /v1/api/admin/registries
PUT /v1/api/admin/registries/:id
DELETE /v1/api/admin/registries/:id
POST /v1/api/admin/registries/:id/test
PUT /v1/api/admin/registries/:id/default
POST /v1/api/builds/start
GET /v1/api/builds
GET /v1/api/builds/:id
GET /v1/api/builds/:id/stream
GET /v1/api/builds/:id/logs
POST /v1/api/builds/:id/cancel
POST /v1/api/builds/:id/retry
POST /v1/api/builds/uploads
GET /v1/api/builds/engine
POST /v1/api/builds/preview
GET /v1/api/builds/webhooks
POST /v1/api/builds/webhooks/:id
DELETE /v1/api/builds/webhooks/:id
POST /v1/api/builds/webhooks/:id/rotate
POST /v1/api/builds/webhooks/:id/test
GET /v1/api/builds/webhooks/:id/deliveries
POST /v1/api/builds/:id/webhooks
GET /v1/api/builds/git-logins
POST /v1/api/builds/git-logins
DELETE /v1/api/builds/git-logins/:id
GET /v1/api/plugins
GET /v1/api/plugins/enabled
GET /v1/api/plugins/categories
GET /v1/api/plugins/:id
POST /v1/api/plugins/:id/enable
POST /v1/api/plugins/:id/disable
GET /v1/api/templates
POST /v1/api/templates
GET /v1/api/templates/:id
PUT /v1/api/templates/:id
DELETE /v1/api/templates/:id
GET /v1/api/templates/:id/words
POST /v1/api/templates/:id/instantiate
POST /v1/api/import/analyze
POST /v1/api/import/upload
POST /v1/api/import/apply
POST /v1/api/import/create-workflow
GET /v1/api/import
GET /v1/api/import/:id
DELETE /v1/api/import/:id
PUT /v1/api/import/:id/choices
GET /v1/api/import/:id/files
GET /v1/api/import/:id/stream
GET /v1/api/dashboard/recent-workflows
GET /v1/api/dashboard/stats
GET /v1/api/search
POST /v1/api/workflows/:id/preview
GET /v1/api/audit
GET /v1/api/audit/export
GET /v1/api/admin/users
GET /v1/api/admin/users/:id
PATCH /v1/api/admin/users/:id
GET /v1/api/admin/users/:id/sessions
DELETE /v1/api/admin/users/:id/sessions
DELETE /v1/api/admin/users/:id/sessions/:session_id
POST /v1/api/admin/users/:id/password-reset
GET /v1/api/audit/:id
GET /v1/api/notifications
PATCH /v1/api/notifications/:id
POST /v1/api/notifications/read
GET /v1/api/notifications/preferences
GET /v1/api/notifications/webhooks
POST /v1/api/notifications/webhooks
GET /v1/api/notifications/webhooks/targets
GET /v1/api/notifications/webhooks/:id
PATCH /v1/api/notifications/webhooks/:id
DELETE /v1/api/notifications/webhooks/:id
POST /v1/api/notifications/webhooks/:id/test
PUT /v1/api/notifications/preferences
"""


def normal(path: str) -> str:
    """Whatever a parameter is called."""
    return "/".join(":" if part.startswith(":") else part for part in path.split("/"))


def served() -> set[tuple[str, str]]:
    return {(method, normal(f"/{path}")) for path, method, _ in all_routes()}


@pytest.mark.parametrize("line", SERVED.split("\n")[1:-1])
def test_is_served(line: str) -> None:
    method, _, path = line.partition(" ")
    assert (method, normal(path)) in served()
