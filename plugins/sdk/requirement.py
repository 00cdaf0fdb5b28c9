"""What must be installed on a cluster before something works there."""

import msgspec

from plugins.sdk.capabilities import Capabilities


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`name` is what people call it. It is there when the cluster serves all `kinds` of `group`. `install` is a command
    or a sentence that says how to get it, `url` the page that says more."""

    name: str
    group: str
    kinds: tuple[str, ...]
    install: str = ""
    url: str = ""

    def missing(self, capabilities: Capabilities) -> list[str]:
        """The kinds that are not served."""
        return [kind for kind in self.kinds if capabilities.find(self.group, kind) is None]

    def is_met(self, capabilities: Capabilities) -> bool:
        return not self.missing(capabilities)

    def how(self) -> str:
        """What to do about it: the rest of a sentence."""
        told = f"install it with `{self.install}`" if self.install else "install it there"
        return f"{told} (see {self.url})" if self.url else told
