"""What plugins refuse, one class per reason."""

from core.errors import Conflict, NotFound, PermissionDenied


class PluginNotFound(NotFound):
    code = "plugin_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such plugin.")


class PluginBroken(Conflict):
    code = "plugin_broken"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} cannot be used: {why}")


class PluginOffForAll(Conflict):
    code = "plugin_off_for_all"

    def __init__(self, name: str) -> None:
        super().__init__(f"An administrator turned {name} off for everybody; ask one to turn it on again.")


class PluginsAreForAdmins(PermissionDenied):
    code = "plugins_for_admins"

    def __init__(self) -> None:
        super().__init__("Only administrators turn plugins on and off for everybody; leave scope out for yourself.")
