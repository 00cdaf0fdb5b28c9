import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=63)),
                ('display_name', models.CharField(blank=True, default='', max_length=200)),
                ('description', models.TextField(blank=True, default='')),
                ('labels', models.JSONField(default=dict)),
                ('server', models.CharField(max_length=2000)),
                ('access', models.CharField(choices=[('direct', 'Direct'), ('practice', 'Practice'), ('agent', 'Agent')], default='direct', max_length=10)),
                ('auth_type', models.CharField(choices=[('bearer_token', 'Bearer Token'), ('client_certificate', 'Client Certificate'), ('kubeconfig', 'Kubeconfig'), ('service_account', 'Service Account')], max_length=20)),
                ('ca_data', models.TextField(blank=True, default='')),
                ('fingerprint', models.CharField(blank=True, default='', max_length=64)),
                ('server_name', models.CharField(blank=True, default='', max_length=253)),
                ('credentials', models.BinaryField(null=True)),
                ('credentials_revision', models.PositiveIntegerField(default=1)),
                ('is_default', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('connected', 'Connected'), ('disconnected', 'Disconnected'), ('unauthorized', 'Unauthorized'), ('pending', 'Pending'), ('unknown', 'Unknown')], default='pending', max_length=16)),
                ('reason', models.CharField(blank=True, default='', max_length=40)),
                ('error', models.TextField(blank=True, default='')),
                ('presented_certificate', models.JSONField(null=True)),
                ('version', models.CharField(blank=True, default='', max_length=60)),
                ('node_count', models.PositiveIntegerField(null=True)),
                ('metadata', models.JSONField(null=True)),
                ('refreshed_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('next_check_at', models.DateTimeField(null=True)),
                ('revision', models.PositiveBigIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', '-created_at'], name='cluster_of_workspace'), models.Index(fields=['next_check_at'], name='cluster_next_check')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'name'), name='cluster_name_unique'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('workspace',), name='cluster_one_default_per_workspace')],
            },
        ),
        migrations.CreateModel(
            name='ClusterShare',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('admin', 'Admin')], max_length=10)),
                ('namespaces', models.JSONField(null=True)),
                ('name', models.CharField(blank=True, default='', max_length=63)),
                ('is_default', models.BooleanField(default=False)),
                ('shared_by', models.CharField(blank=True, default='', max_length=254)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='clusters.cluster')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['email'], name='share_of_email')],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['viewer', 'editor', 'admin'])), name='cluster_share_role_known'), models.UniqueConstraint(fields=('cluster', 'email'), name='cluster_share_once_per_email'), models.UniqueConstraint(fields=('cluster', 'workspace'), name='cluster_share_once_per_workspace'), models.UniqueConstraint(fields=('workspace', 'name'), name='cluster_share_name_unique'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('workspace',), name='cluster_share_one_default')],
            },
        ),
        migrations.CreateModel(
            name='ConnectionLog',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('action', models.CharField(max_length=40)),
                ('is_success', models.BooleanField()),
                ('error', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='logs', to='clusters.cluster')),
            ],
            options={
                'indexes': [models.Index(fields=['cluster', '-created_at'], name='log_of_cluster')],
            },
        ),
        migrations.CreateModel(
            name='Registry',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=63, unique=True)),
                ('description', models.TextField(blank=True, default='')),
                ('type', models.CharField(choices=[('dockerhub', 'Dockerhub'), ('ghcr', 'Ghcr'), ('gitlab', 'Gitlab'), ('ecr', 'Ecr'), ('gcr', 'Gcr'), ('acr', 'Acr'), ('harbor', 'Harbor'), ('generic', 'Generic')], max_length=16)),
                ('host', models.CharField(max_length=300)),
                ('path', models.CharField(blank=True, default='', max_length=255)),
                ('is_plain_http', models.BooleanField(default=False)),
                ('ca_data', models.TextField(blank=True, default='')),
                ('credentials', models.BinaryField(null=True)),
                ('credentials_revision', models.PositiveIntegerField(default=1)),
                ('available_to', models.CharField(choices=[('everyone', 'Everyone'), ('selected', 'Selected')], default='everyone', max_length=10)),
                ('is_default', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('healthy', 'Healthy'), ('unhealthy', 'Unhealthy'), ('unknown', 'Unknown')], default='unknown', max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=40)),
                ('error', models.TextField(blank=True, default='')),
                ('checked_at', models.DateTimeField(null=True)),
                ('revision', models.PositiveBigIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['host'], name='registry_of_host')],
                'constraints': [models.CheckConstraint(condition=models.Q(('type__in', ['dockerhub', 'ghcr', 'gitlab', 'ecr', 'gcr', 'acr', 'harbor', 'generic'])), name='registry_type_known'), models.CheckConstraint(condition=models.Q(('available_to__in', ['everyone', 'selected'])), name='registry_audience_known'), models.UniqueConstraint(condition=models.Q(('available_to', 'everyone')), fields=('host', 'path'), name='registry_place_once_for_everyone'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='registry_one_default')],
            },
        ),
        migrations.CreateModel(
            name='RegistryGrant',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('registry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='clusters.registry')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('registry', 'workspace'), name='registry_granted_once')],
            },
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('group', models.CharField(blank=True, default='', max_length=253)),
                ('version', models.CharField(max_length=63)),
                ('kind', models.CharField(max_length=100)),
                ('namespace', models.CharField(blank=True, default='', max_length=63)),
                ('name', models.CharField(max_length=253)),
                ('uid', models.CharField(max_length=64)),
                ('status', models.CharField(blank=True, default='', max_length=40)),
                ('health', models.CharField(default='unknown', max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=100)),
                ('summary', models.TextField(blank=True, default='')),
                ('labels', models.JSONField(default=dict)),
                ('facts', models.JSONField(default=dict)),
                ('owner_uid', models.CharField(blank=True, default='', max_length=64)),
                ('owner_kind', models.CharField(blank=True, default='', max_length=100)),
                ('owner_name', models.CharField(blank=True, default='', max_length=253)),
                ('part_of', models.CharField(blank=True, default='', max_length=63)),
                ('node', models.CharField(blank=True, default='', max_length=253)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('watched_until', models.DateTimeField(null=True)),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clusters.cluster')),
            ],
            options={
                'indexes': [models.Index(fields=['cluster', 'deleted_at', '-created_at', '-id'], name='resource_newest'), models.Index(fields=['cluster', 'deleted_at', 'name', 'id'], name='resource_by_name'), models.Index(condition=models.Q(('watched_until__isnull', False)), fields=['watched_until'], name='resource_watched'), models.Index(fields=['cluster', 'owner_uid'], name='resource_of_owner'), models.Index(fields=['cluster', 'uid'], name='resource_uid')],
                'constraints': [models.UniqueConstraint(fields=('cluster', 'group', 'kind', 'namespace', 'name'), name='resource_place')],
            },
        ),
        migrations.CreateModel(
            name='ResourceMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tags', models.JSONField(default=list)),
                ('notes', models.TextField(blank=True, default='')),
                ('is_favorite', models.BooleanField(default=False)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='clusters.resource')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('resource', 'user'), name='resource_mark_once')],
            },
        ),
        migrations.CreateModel(
            name='ResourceMirror',
            fields=[
                ('cluster', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='clusters.cluster')),
                ('looked_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('trouble', models.TextField(blank=True, default='')),
                ('blind', models.JSONField(default=dict)),
                ('notes', models.JSONField(default=list)),
                ('namespaces', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['looked_at'], name='mirror_looked_at')],
            },
        ),
    ]
