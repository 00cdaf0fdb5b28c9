"""The container itself: image, command, working directory, terminal."""

from imports.compose.mapping import images
from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan, literal
from plugins.loading.installed import installed

_PULL = {
    "always": "Always",
    "never": "Never",
    "if_not_present": "IfNotPresent",
    "missing": "IfNotPresent",
    "refresh": "Always",
    "daily": "Always",
    "weekly": "Always",
}


def map_image(draft: Draft, plan: Plan) -> None:
    image = draft.service.image
    if image is None:
        return
    if draft.service.build is not None:
        plan.rows.add(
            draft.at("image"), MAPPED, "The name of the image that the build makes.", target=f"build/{draft.kube}"
        )
        return
    draft.data["image"] = image
    message = "The image as it is."
    if not images.has_tag(image):
        message = "The image as it is; without a tag, what runs may change unseen."
    hints = [hint.message for _, hint in installed().of("import_hints") if hint.is_for(image)]
    plan.rows.add(draft.at("image"), MAPPED, " ".join([message, *hints]), target=f"{draft.target}.image")


def map_command(draft: Draft, plan: Plan) -> None:
    """Compose's entrypoint is Kubernetes' command, and its command Kubernetes' arguments."""
    for key, field in (("entrypoint", "command"), ("command", "args")):
        words = getattr(draft.service, key)
        if words is None:
            continue
        if words:
            draft.data[field] = [literal(word) for word in words]
            plan.rows.add(draft.at(key), MAPPED, f"Becomes {field}, word by word.", target=f"{draft.target}.{field}")
        else:
            plan.rows.add(
                draft.at(key),
                APPROXIMATED,
                f"Kubernetes cannot empty the image's own {key}: it stays as the image has it.",
            )


def map_pull_policy(draft: Draft, plan: Plan) -> None:
    policy, path = draft.service.pull_policy, draft.at("pull_policy")
    if policy is not None:
        wanted = _PULL.get(policy) or ("Always" if policy.startswith("every_") else None)
        if policy == "build":
            plan.rows.add(path, MAPPED, "The image comes from the build.", target=f"build/{draft.kube}")
        elif wanted is None:
            plan.rows.add(path, REFUSED, f"'{policy[:40]}' is no pull policy; choose always, missing or never.")
        else:
            draft.data["image_pull_policy"] = wanted
            is_exact = policy in ("always", "never", "if_not_present", "missing")
            message = (
                f"Becomes {wanted}." if is_exact else "Kubernetes pulls at every start of a pod, not on a schedule."
            )
            verdict = MAPPED if is_exact else APPROXIMATED
            plan.rows.add(path, verdict, message, target=f"{draft.target}.image_pull_policy")
    if draft.service.pull_refresh_after is not None:
        plan.rows.add(
            draft.at("pull_refresh_after"), REFUSED, "Kubernetes pulls when a pod starts; it refreshes nothing."
        )


def map_terminal(draft: Draft, plan: Plan) -> None:
    for key, field in (("tty", "tty"), ("stdin_open", "stdin")):
        value = getattr(draft.service, key)
        if value is not None:
            draft.data[field] = value
            plan.rows.add(draft.at(key), MAPPED, f"Becomes {field}.", target=f"{draft.target}.{field}")
    if draft.service.working_dir is not None:
        draft.data["working_dir"] = draft.service.working_dir
        plan.rows.add(draft.at("working_dir"), MAPPED, "Kept.", target=f"{draft.target}.working_dir")


def map_platform(draft: Draft, plan: Plan) -> None:
    platform = draft.service.platform
    if platform is None:
        return
    system, _, rest = platform.partition("/")
    arch = rest.partition("/")[0]
    selector = draft.nested("node_selector")
    if system:
        selector["kubernetes.io/os"] = system
    if arch:
        selector["kubernetes.io/arch"] = {"x86_64": "amd64", "aarch64": "arm64"}.get(arch, arch)
    plan.rows.add(
        draft.at("platform"), MAPPED, "Only nodes of this platform run it.", target=f"{draft.target}.node_selector"
    )
