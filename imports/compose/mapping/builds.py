"""`build` as a build node: from a Git repository, which a person names where the file does not."""

from imports.compose.loading.files import is_remote
from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan
from imports.compose.model.build import Build
from imports.report import Choice
from plugins.sdk.formats import image as image_fault
from plugins.sdk.formats import relative_path
from plugins.sdk.graph import Json

_REFUSED = {
    "additional_contexts": "A build here has one context; put everything below it.",
    "cache_from": "The builder keeps its own cache.",
    "cache_to": "The builder keeps its own cache.",
    "dockerfile_inline": "A build here reads a Dockerfile of the repository; save this one there.",
    "entitlements": "A build here gets no more rights than any other.",
    "extra_hosts": "A build here uses the names that the builder's network knows.",
    "isolation": "This is for Windows alone.",
    "labels": "Write them into the Dockerfile as LABEL.",
    "network": "A build here uses the builder's own network.",
    "no_cache": "Choose it when you start the build.",
    "no_cache_filter": "Choose it when you start the build.",
    "platforms": "Choose them when you start the build.",
    "privileged": "A build here never runs with more rights.",
    "provenance": "The builder decides what it attests.",
    "pull": "The builder always looks for newer base images.",
    "sbom": "The builder decides what it attests.",
    "secrets": "Give secrets of a build when you start it: they are never stored with the graph.",
    "shm_size": "The builder's own limits hold.",
    "ssh": "Keys of yours do not leave your machine; give the build a Git credential.",
    "tags": "The build has one name; add other tags in the registry.",
    "ulimits": "The builder's own limits hold.",
}


def map_build(draft: Draft, plan: Plan) -> None:
    build, path = draft.service.build, draft.at("build")
    if build is None:
        return
    node_id = f"build-{draft.name}"
    image, tag = _image(draft, plan)
    source = _source(draft, plan, build)
    plan.node(node_id, "build", {"name": draft.kube, "image": image, "tag": tag or None, "source": source})
    plan.edge(node_id, draft.node_id)
    target = f"build/{draft.kube}"
    plan.rows.add(path, MAPPED, "An image built from source.", target=target)
    for key in type(build).__struct_fields__:
        if getattr(build, key) is None or key == "extensions":
            continue
        if key in _REFUSED:
            plan.rows.add(f"{path}.{key}", REFUSED, _REFUSED[key])
        elif not plan.rows.has(f"{path}.{key}"):
            plan.rows.add(f"{path}.{key}", MAPPED, "The same.", target=target)


def _repository(plan: Plan) -> Choice:
    """Asked for only where nobody can know it."""
    text = "The Git URL of the repository with the sources"
    if plan.repository is not None:
        return plan.answers.text("build.git_url", text, plan.repository.url)
    return plan.answers.question(plan.answers.text("build.git_url", text))


def _image(draft: Draft, plan: Plan) -> tuple[str, str]:
    name = draft.service.image or f"{plan.loaded.name}/{draft.kube}"
    if image_fault(name) is not None:
        name = draft.kube
    name = name.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "")


def _source(draft: Draft, plan: Plan, build: Build) -> Json:
    """A context that is a Git address names everything itself; a folder is one of a repository to be named."""
    source: Json = {}
    context = build.context or "./"
    choices = []
    if is_remote(context):
        url, _, fragment = context.partition("#")
        ref, _, folder = fragment.partition(":")
        url = url if "://" in url else f"https://{url}" if url.startswith("github.com") else url
        source = {"git_url": url, "ref": ref or None, "subdirectory": folder or None}
        verdict, message = MAPPED, "The repository, its reference and folder."
    else:
        choice = _repository(plan)
        choices = [choice]
        source = {"git_url": choice.value, "subdirectory": context.removeprefix("./") or None}
        verdict, message = APPROXIMATED, "A build reads from a Git repository: name its URL; the folder is the same."
        if plan.repository is not None and choice.value == plan.repository.url:
            source["ref"] = plan.repository.ref or None
            source["submodules"] = plan.repository.submodules or None
            verdict, message = MAPPED, "The same folder of the repository."
    plan.rows.add(draft.at("build", "context"), verdict, message, target=f"build/{draft.kube}", choices=choices)
    if build.dockerfile is not None:
        if relative_path(build.dockerfile) is None:
            source["dockerfile"] = build.dockerfile
        else:
            message = "The Dockerfile must lie below the context; move it there."
            plan.rows.add(draft.at("build", "dockerfile"), REFUSED, message)
    source["target"] = build.target
    if build.args:
        source["build_args"] = {key: value or "" for key, value in build.args.items()}
    return {key: value for key, value in source.items() if value is not None}
