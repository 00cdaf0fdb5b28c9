"""The fields that every kind of claim shares."""

from typing import Annotated

from plugins.sdk.fields import Group, about

AccessMode = Annotated[str, about(choices=("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"))]
AccessModes = Annotated[
    list[AccessMode] | None,
    about("Access modes", "Who may mount it at once; one node by default.", group=Group.STORAGE),
]
VolumeMode = Annotated[
    str | None,
    about("Volume mode", "Files or a raw device.", choices=("Filesystem", "Block"), group=Group.STORAGE),
]
