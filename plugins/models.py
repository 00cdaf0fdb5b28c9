"""Who uses which plugin. What a plugin is lies in files; here is only what people chose."""

from django.db import models
from django.db.models import Q

from core.ids import new_id


class PluginChoice(models.Model):
    """One workspace's choice, or with `workspace` null that of the installation.

    An installation's "no" holds for everybody; its "yes" is what whoever has not chosen gets.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    plugin = models.CharField(max_length=48)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, null=True, related_name="+")
    is_enabled = models.BooleanField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plugin", "workspace"], name="plugin_chosen_once"),
            models.UniqueConstraint(
                fields=["plugin"], condition=Q(workspace=None), name="plugin_chosen_once_for_everyone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plugin}: {self.is_enabled}"
