"""What the record says after each write: which action, on what kind of object, on which, by whom.

A line of the table is an action, the type of its object and where the object's id is found:
`:1` the first parameter of the path (a cluster is called by its name there) · `.run_id` in the answer · `sid` the
session of the answer's token, or of the one who asked · `me` whoever asked · `practice` their practice cluster ·
`linked` the account they linked · `~` what the test itself says the request is about · `=1` that very id. Last who did
it, where it is not whoever asked.
"""

import base64
import json
import re
from collections.abc import Iterable
from typing import Any

from social_django.models import UserSocialAuth

from audit.models import AuditEntry
from clusters.models import Cluster
from tests.factories import JsonClient

Json = dict[str, Any]

VERSION = "workflow.version_created workflow :1"
RECORDED: dict[str, tuple[str, ...]] = {
    "POST /auth/register": (
        "user.registered user me",
        "cluster.created cluster practice system:practice",
        "session.started session sid",
    ),
    "POST /auth/login": ("session.started session sid",),
    "POST /auth/email/verify": ("email.verified user me",),
    "POST /auth/logout": ("session.ended session sid",),
    "POST /auth/password/forgot": ("password.reset_requested user ~ system:anybody",),
    "POST /auth/password/reset": ("password.reset user me",),
    "POST /auth/oauth/exchange": (
        "user.registered user me",
        "cluster.created cluster practice system:practice",
        "identity.linked identity linked",
        "session.started session sid",
    ),
    "DELETE /auth/sessions/:": ("session.ended session :1",),
    "PUT /profile": ("user.updated user me",),
    "PUT /profile/password": ("password.changed user me",),
    "POST /profile/identities": ("identity.linked identity .id",),
    "DELETE /profile/identities/:": ("identity.unlinked identity :1",),
    "POST /tokens": ("token.created token .id",),
    "DELETE /tokens/:": ("token.revoked token :1",),
    "POST /clusters": ("cluster.created cluster .id",),
    "PUT /clusters/:": ("cluster.updated cluster :1",),
    "DELETE /clusters/:": ("cluster.default_changed cluster practice", "cluster.deleted cluster :1"),
    "PUT /clusters/:/default": ("cluster.default_changed cluster :1",),
    "POST /clusters/:/test": ("cluster.tested cluster :1",),
    "POST /clusters/:/refresh": ("cluster.refreshed cluster :1",),
    "PUT /clusters/:/credentials": ("cluster.credentials_changed cluster :1",),
    "POST /clusters/:/share": ("cluster.shared cluster :1",),
    "DELETE /clusters/:/shares/:": ("cluster.unshared cluster :1",),
    "POST /workflows": ("workflow.created workflow .id",),
    "PUT /workflows/:": ("workflow.updated workflow :1",),
    "DELETE /workflows/:": ("workflow.deleted workflow :1",),
    "POST /workflows/:/undelete": ("workflow.restored workflow :1",),
    "POST /workflows/:/clone": ("workflow.cloned workflow .id",),
    "PUT /workflows/:/status": ("workflow.status_changed workflow :1",),
    "POST /workflows/:/save": ("workflow.updated workflow :1",),
    "POST /workflows/:/share": ("workflow.shared workflow :1",),
    "DELETE /workflows/:/shares/:": ("workflow.unshared workflow :1",),
    "POST /workflows/:/versions": (VERSION,),
    "PUT /workflows/:/versions/:": ("workflow.version_updated workflow :1",),
    "POST /workflows/:/versions/:/restore": (VERSION, "workflow.version_restored workflow :1"),
    "POST /workflows/:/run": (VERSION, "run.started run .run_id"),
    "POST /workflows/:/rollback": ("run.rollback_started run .run_id",),
    "POST /workflows/:/nodes/:/fix": (
        "workflow.updated workflow :1",
        "workflow.fix_applied workflow :1",
        VERSION,
        "run.started run .run_id",
    ),
    "POST /workflows/:/nodes/:/build": ("build.queued build .build_id",),
    "POST /workflows/:/drift/adopt": ("workflow.updated workflow :1", "workflow.drift_adopted workflow :1"),
    "POST /workflows/:/drift/revert": ("run.revert_started run .run_id",),
    "POST /runs/:/cancel": ("run.cancelled run :1",),
    "POST /targets/:/undeploy": ("run.undeploy_started run .run_id",),
    "PATCH /resources/:": ("resource.marked resource :1",),
    "DELETE /resources/:": ("resource.deleted resource :1",),
    "POST /resources/:/scale": ("resource.scaled resource :1",),
    "POST /resources/:/restart": ("resource.restarted resource :1",),
    "POST /admin/registries": ("registry.created registry .id",),
    "PUT /admin/registries/:": ("registry.updated registry :1",),
    "DELETE /admin/registries/:": ("registry.deleted registry :1",),
    "PUT /admin/registries/:/default": ("registry.default_changed registry :1",),
    "POST /admin/registries/:/test": ("registry.tested registry :1",),
    "POST /builds/start": ("build.queued build .id",),
    "POST /builds/:/cancel": ("build.cancel_requested build :1",),
    "POST /builds/:/retry": ("build.retried build .id",),
    "POST /builds/:/webhooks": ("build.webhook_created build_webhook .id",),
    "POST /builds/webhooks/:": ("build.pushed_to build .build_id system:webhook",),
    "POST /builds/webhooks/:/rotate": ("build.webhook_rotated build_webhook :1",),
    "POST /builds/webhooks/:/test": (
        "build.webhook_tested build_webhook :1",
        "build.pushed_to build .build_id system:webhook",
    ),
    "DELETE /builds/webhooks/:": ("build.webhook_deleted build_webhook :1",),
    "POST /builds/git-logins": ("build.git_login_created git_login .id",),
    "DELETE /builds/git-logins/:": ("build.git_login_deleted git_login :1",),
    "POST /import/analyze": ("import.analyzed import .id",),
    "POST /import/upload": ("import.analyzed import .id",),
    "POST /import/create-workflow": ("workflow.created workflow .workflow.id", "import.applied import ~"),
    "POST /import/apply": ("workflow.version_created workflow .workflow.id", "import.applied import ~"),
    "POST /templates": ("template.created template .id",),
    "PUT /templates/:": ("template.updated template :1",),
    "DELETE /templates/:": ("template.deleted template :1",),
    "POST /templates/:/instantiate": ("workflow.created workflow .id", "template.used template :1"),
    "POST /plugins/:/enable": ("plugin.enabled plugin :1",),
    "POST /plugins/:/disable": ("plugin.disabled plugin :1",),
    "PUT /notifications/preferences": ("notifications.preferences_changed user me",),
    "POST /notifications/webhooks": ("webhook.created webhook .id",),
    "PATCH /notifications/webhooks/:": ("webhook.updated webhook :1",),
    "DELETE /notifications/webhooks/:": ("webhook.deleted webhook :1",),
    "POST /notifications/webhooks/:/test": ("webhook.tested webhook :1",),
    "PATCH /admin/users/:": ("user.role_changed user :1",),
    "DELETE /admin/users/:/sessions": ("user.sessions_ended user :1",),
    "DELETE /admin/users/:/sessions/:": ("user.session_ended user :1",),
    "POST /admin/users/:/password-reset": ("password.reset_link_made user :1",),
    "PUT /settings/regenerate-setting": ("signup.updated signup =1",),
    "POST /settings/generate-invite-code": ("invite_code.generated signup =1",),
}


# Who it was is known from an address, or a code that was mailed there.
WITHOUT_SIGN_IN = ("POST /auth/email/verify", "POST /auth/password/forgot", "POST /auth/password/reset")


def claims(client: JsonClient, answer: Any = None) -> Json:
    """Of the token that was answered with, else of the one that was asked with: `sub` the person, `sid` the session."""
    token = (answer or {}).get("token") if isinstance(answer, dict) else None
    bearer = str(client._credentials.get("HTTP_AUTHORIZATION", "")).removeprefix("Bearer ")
    parts = str(token if str(token).count(".") == 2 else bearer).split(".")
    if len(parts) != 3:
        return {}
    return dict(json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))))


def cluster_named(client: JsonClient, name: str) -> str:
    """Its id, as the workspace of whoever asks has it."""
    found = Cluster.objects.filter(name=name, owner_id=claims(client).get("sub", ""))
    return found.values_list("pk", flat=True).first() or ""


class Expected:
    """What one request is to leave in the record. Made before it is sent: what it removes is known by then only."""

    def __init__(self, line: str, path: str, client: JsonClient, about: str) -> None:
        pattern = re.escape(line.partition(" ")[2]).replace(":", "([^/]+)")
        found = re.fullmatch(pattern, path.partition("?")[0].rstrip("/"))
        self.given = [*found.groups()] if found else []
        if line.partition(" ")[2].startswith("/clusters/:"):
            self.given[0] = cluster_named(client, self.given[0])
        self.is_about_a_person = line in WITHOUT_SIGN_IN
        self.rows, self.client, self.about = RECORDED.get(line, ()), client, about

    def wrong(self, entries: Iterable[AuditEntry], answer: Any) -> str:
        """What is not as it should be; "" when all is."""
        told = claims(self.client, answer)
        me = self.about if self.is_about_a_person else str(told.get("sub"))
        wanted = [self._entry(row, answer, told, me) for row in self.rows]
        found = [(each.action, each.object_type, each.object_id, _by(each)) for each in entries]
        return "" if sorted(found) == sorted(wanted) else f"recorded {found}, not {wanted}"

    def _entry(self, row: str, answer: Any, told: Json, me: str) -> tuple[str, str, str, str]:
        action, kind, where, *by = row.split()
        return action, kind, self._id(where, answer, told, me), by[0] if by else f"user:{me}"

    def _id(self, where: str, answer: Any, told: Json, me: str) -> str:
        if where.startswith(":"):
            return str(self.given[int(where[1:]) - 1])
        if where.startswith("."):
            for name in where[1:].split("."):
                answer = answer[name]
            return str(answer)
        if where == "practice":
            return str(Cluster.objects.get(name="practice", owner_id=me).pk)
        if where == "linked":
            return str(UserSocialAuth.objects.get(user_id=me).pk)
        return {"me": me, "sid": str(told.get("sid")), "~": self.about}.get(where) or where.removeprefix("=")


def _by(entry: AuditEntry) -> str:
    return f"{entry.actor_kind}:{entry.actor_id}"
