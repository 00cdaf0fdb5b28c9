"""Build: an image made from source; makes no object, but gives its image to the workloads it points to."""

from collections.abc import Iterator
from typing import Annotated

from plugins.core import edges
from plugins.sdk.fields import Data, Group, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem


class BuildSource(Data):
    git_url: Annotated[
        str | None,
        about("Git URL", "Where the source is.", placeholder="https://github.com/team/app"),
    ] = None
    ref: Annotated[str | None, about("Branch, tag or commit")] = None
    subdirectory: Annotated[str | None, about("Folder", format="relative-path")] = None
    submodules: Annotated[
        bool | None, about("Submodules", "Bring those of the repository as well, by the same rules.")
    ] = None
    dockerfile: Annotated[str | None, about("Dockerfile", format="relative-path")] = None
    target: Annotated[str | None, about("Stage")] = None
    build_args: Annotated[dict[str, str] | None, about("Build arguments", widget="key-value")] = None


class BuildData(Data):
    name: Annotated[str, about("Name", "For the eye.")] = ""
    source: Annotated[BuildSource | None, about("Source")] = None
    image: Annotated[
        str,
        about(
            "Image",
            "What the result is called, without a tag.",
            required=True,
            format="image",
            placeholder="team/app",
        ),
    ] = ""
    tag: Annotated[str | None, about("Tag")] = None
    registry: Annotated[str | None, about("Registry", "Where it is pushed to.", group=Group.ADVANCED)] = None
    built: Annotated[
        str | None,
        about(
            "Built image", "What came of the last build, by digest; a build that ends sets it.", group=Group.ADVANCED
        ),
    ] = None

    @property
    def built_image(self) -> str | None:
        """What was built, as long as it is what the node names."""
        name = (self.built or "").partition("@")[0]
        wanted = self.image.rpartition("/")[2].partition(":")[0]
        path = f"{self.image.rpartition('/')[0]}/{wanted}".lstrip("/")
        return self.built if name and (name == path or name.endswith(f"/{path}")) else None


def check_build(node: TypedNode[BuildData], wiring: Wiring) -> Iterator[Problem]:
    if node.data.source is None or not node.data.source.git_url:
        yield node.warning("missing_source", "it has no Git URL to build from; fill it in", field="source.git_url")
    if not wiring.targets(node, edges.IMAGE):
        yield node.warning("unused_node", "nothing uses its image; draw an edge to a workload.")


NODE_TYPE = NodeType(
    name="build",
    display_name="Build",
    description="Builds an image from a Git repository and gives it to workloads.",
    icon="hammer",
    category="builds",
    data=BuildData,
    check=check_build,
    defaults={"image": "", "source": {"git_url": ""}},
    connections=(edges.SUPPLIES_IMAGE,),
)
