"""Variables: plain ones stay with the workload, those of a file become a config map, secret ones a secret."""

import re
from collections.abc import Mapping

from imports.compose.errors import refuse
from imports.compose.loading.dotenv import parse_dotenv
from imports.compose.mapping.naming import Renames
from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan, literal
from imports.report import ChoiceKind
from plugins.sdk.formats import env_name

_SECRET = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD|PASSPHRASE|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|"
    r"SECRET_KEY|ENCRYPTION_KEY|MASTER_KEY|LICENSE_KEY|CREDENTIAL|CREDENTIALS|SALT|KEY_BASE)(?:_[0-9]+|_BASE)?\Z|"
    r"(?:PASSWORD|PASSWD|SECRET|SECRET_KEY)(?:_BASE)?\Z|^APP_KEY\Z",
    re.IGNORECASE,
)
_SWITCHES = frozenset({"", "yes", "no", "true", "false", "on", "off", "0", "1", "random"})
_CREDENTIALS = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,200}:[^\s/@]{1,200}@", re.IGNORECASE)


def is_secret(name: str, value: str) -> bool:
    """Whether nobody should read this value in a graph: by its name, or because it holds a login."""
    if value.lower() in _SWITCHES or value.startswith("/run/secrets/"):
        return False
    return _SECRET.search(name) is not None or _CREDENTIALS.match(value) is not None


def map_environment(draft: Draft, plan: Plan, renames: Renames) -> None:
    own = dict(draft.service.environment or {})
    _map_env_files(draft, plan, own)
    for name, value in own.items():
        _map_variable(draft, plan, name, value, renames)


def _map_variable(draft: Draft, plan: Plan, name: str, value: str | None, renames: Renames) -> None:
    path = draft.at("environment", name)
    fault = env_name(name)
    if fault:
        plan.rows.add(path, REFUSED, f"The name {fault}; rename it.", key=name)
        return
    if value is None:
        choice = plan.answers.text(f"variable.{name}", f"The value of {name}, which nothing sets")
        plan.answers.question(choice)
        if not choice.value:
            message = "Nothing gives it a value, so it is left out, as Compose does."
            plan.rows.add(path, APPROXIMATED, message, key=name, choices=[choice])
            return
        value = choice.value
    value, renamed = renames.applied(name, value)
    note = f" {renamed}" if renamed else ""
    if is_secret(name, value):
        draft.secrets[name] = value
        message = f"Looks like a secret, so its value is kept encrypted.{note}"
        plan.rows.add(path, MAPPED, message, target=f"secret/{draft.kube}-env.{name}", key=name)
        return
    draft.listed("env").append({"name": name, "value": literal(value)})
    verdict = APPROXIMATED if renamed else MAPPED
    plan.rows.add(path, verdict, f"A variable.{note}", target=f"{draft.target}.env", key=name)


def _map_env_files(draft: Draft, plan: Plan, own: Mapping[str, str | None]) -> None:
    """Later files come before earlier ones, and the service's own variables before all."""
    entries = draft.service.env_file or []
    read = [(index, entry, _read(draft, plan, index)) for index, entry in enumerate(entries)]
    later: set[str] = {name for name, value in own.items() if value is not None}
    for index, entry, variables in reversed(read):
        path = draft.at("env_file", index)
        if variables is None:
            plan.rows.add(
                path, MAPPED, "The file is missing, which is allowed, so it sets nothing.", target=draft.target
            )
            continue
        used = {name: value for name, value in variables.items() if name not in later and env_name(name) is None}
        later |= set(variables)
        hidden = {name for name, value in used.items() if is_secret(name, value)}
        shown = {
            name: value for name, value in variables.items() if env_name(name) is None and not is_secret(name, value)
        }
        draft.secrets.update({name: used[name] for name in sorted(hidden)})
        target = _config_map(draft, plan, entry.path, shown, used, index)
        what = f"{len(shown)} variable{'s' * (len(shown) != 1)} in a config map"
        if hidden:
            what += f", and {len(hidden)} more, which look secret, kept encrypted"
        plan.rows.add(path, MAPPED, f"Becomes {what}.", target=target)


def _config_map(draft: Draft, plan: Plan, file: str, shown: dict[str, str], used: Mapping[str, str], index: int) -> str:
    """One config map for each file, however many services read it."""
    if not shown:
        return f"secret/{draft.kube}-env"
    node_id = f"configmap-env:{file.removeprefix('./')}"
    wanted = file.removeprefix("./").rpartition("/")
    base = wanted[2].strip(".").removesuffix(".env") or "env"
    name = plan.unique("configmap", base if base.startswith("env") else f"{base}-env", node_id)
    if node_id not in plan.nodes:
        plan.node(node_id, "configmap", {"name": name, "data": dict(shown)})
    wanted_keys = [key for key in shown if key in used]
    data: dict[str, object] = {"as": "env"}
    known = plan.nodes[node_id].data["data"]
    if wanted_keys != list(known):
        data["keys"] = wanted_keys
    if wanted_keys:
        plan.edge(node_id, draft.node_id, data, tag=f"env{index}")
    return f"configmap/{name}"


def _read(draft: Draft, plan: Plan, index: int) -> dict[str, str] | None:
    entry = (draft.service.env_file or [])[index]
    key = f"{entry.path}:{entry.format}"
    if plan.env_files.get(key) is None:
        plan.env_files[key] = _parsed(draft, plan, index)
    return plan.env_files[key]


def _parsed(draft: Draft, plan: Plan, index: int) -> dict[str, str] | None:
    entry = (draft.service.env_file or [])[index]
    name, at = entry.path.removeprefix("./"), draft.at("env_file", index)
    file = plan.loaded.file_of(draft.at("env_file"))
    if not plan.files.has(name):
        if not entry.required:
            return None
        raise refuse(file, at, f"the file '{name}' is not among the uploaded ones; add it, or set required: false.")
    text = plan.files.text(name, file=file, at=at)
    scope = plan.loaded.env_scopes.get(entry.path, plan.loaded.variables)
    return parse_dotenv(text, scope, file=name, raw=entry.format == "raw")[0]


def add_secret_node(draft: Draft, plan: Plan) -> None:
    """One secret for all secret variables of a service."""
    if not draft.secrets:
        return
    node_id = f"secret-env:{draft.name}"
    name = plan.unique("secret", f"{draft.kube}-env", node_id)
    plan.node(node_id, "secret", {"name": name, "values": dict(draft.secrets)})
    plan.edge(node_id, draft.node_id, {"as": "env"}, tag="env")


def ask_unset(plan: Plan) -> None:
    """Variables that the files use and nothing sets: Compose warns and takes the empty text."""
    for name, file in sorted(plan.loaded.unset.items()):
        plan.answers.question(
            plan.answers.text(f"variable.{name}", f"The value of {name}, which {file} uses", kind=ChoiceKind.TEXT)
        )
        plan.warnings.append(f"The variable {name}, which {file} uses, has no value; the empty text stands for it.")
