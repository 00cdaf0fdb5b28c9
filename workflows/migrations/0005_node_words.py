"""What the nodes of a workflow are found by gets a column of its own."""

import json

from django.db import migrations, models


def fill(apps, schema_editor):
    Workflow = apps.get_model("workflows", "Workflow")
    for row in Workflow.objects.only("graph").iterator(chunk_size=200):
        lines = []
        for node in json.loads(row.graph)["nodes"]:
            data = node.get("data") or {}
            image = data.get("image")
            words = [str(data.get("name") or node["id"]), str(node.get("type", "")), image if isinstance(image, str) else ""]
            lines.append(" ".join(words))
        Workflow.objects.filter(pk=row.pk).update(node_words="\n".join(lines))


class Migration(migrations.Migration):
    dependencies = [("workflows", "0004_last_change_of_nodes")]

    operations = [
        migrations.AddField("workflow", "node_words", models.TextField(blank=True, default="")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
