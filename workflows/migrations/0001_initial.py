import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('clusters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('sequence', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('secret_revisions', models.JSONField(default=list)),
                ('source', models.CharField(default='run', max_length=40)),
                ('is_tombstone', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('description', models.TextField(blank=True, default='')),
                ('tag', models.CharField(blank=True, default='', max_length=100)),
                ('is_automatic', models.BooleanField(default=False)),
                ('restored_from', models.PositiveIntegerField(blank=True, null=True)),
                ('graph', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('node_count', models.PositiveIntegerField(default=0)),
                ('edge_count', models.PositiveIntegerField(default=0)),
                ('created_by', models.CharField(blank=True, default='', max_length=200)),
                ('revision', models.PositiveBigIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('namespace', models.CharField(max_length=63)),
                ('made_namespace', models.BooleanField(default=False)),
                ('namespace_uid', models.CharField(blank=True, default='', max_length=64)),
                ('last_sequence', models.PositiveIntegerField(default=0)),
                ('inventory', models.JSONField(default=list)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('cluster', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clusters.cluster')),
                ('current_release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.release')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
        ),
        migrations.AddField(
            model_name='release',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='workflows.target'),
        ),
        migrations.AddField(
            model_name='release',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflows.version'),
        ),
        migrations.CreateModel(
            name='Workflow',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('slug', models.CharField(max_length=63)),
                ('description', models.TextField(blank=True, default='')),
                ('tags', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('archived', 'Archived')], default='draft', max_length=10)),
                ('namespace', models.CharField(blank=True, default='', max_length=63)),
                ('graph', models.TextField(default='{"nodes":[],"edges":[]}')),
                ('node_count', models.PositiveIntegerField(default=0)),
                ('edge_count', models.PositiveIntegerField(default=0)),
                ('latest_version', models.PositiveIntegerField(default=0)),
                ('revision', models.PositiveBigIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('cluster', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clusters.cluster')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'deleted_at', '-created_at'], name='workflows_w_workspa_69607f_idx'), models.Index(fields=['workspace', 'deleted_at', '-updated_at'], name='workflows_w_workspa_ea7798_idx')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'slug'), name='workflow_slug_unique')],
            },
        ),
        migrations.AddField(
            model_name='version',
            name='workflow',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='workflows.workflow'),
        ),
        migrations.AddField(
            model_name='target',
            name='workflow',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='workflows.workflow'),
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.CharField(default=core.ids.new_run_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('version_number', models.PositiveIntegerField(blank=True, null=True)),
                ('operation', models.CharField(default='deploy', max_length=10)),
                ('status', models.CharField(choices=[('deploying', 'Deploying'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('cancelling', 'Cancelling'), ('cancelled', 'Cancelled'), ('rolled_back', 'Rolled Back')], default='deploying', max_length=12)),
                ('phase', models.CharField(choices=[('queued', 'Queued'), ('planning', 'Planning'), ('applying', 'Applying'), ('waiting', 'Waiting'), ('pruning', 'Pruning'), ('done', 'Done')], default='queued', max_length=10)),
                ('options', models.JSONField(default=dict)),
                ('journal', models.JSONField(default=dict)),
                ('plan', models.JSONField(blank=True, null=True)),
                ('message', models.TextField(blank=True, default='')),
                ('error', models.TextField(blank=True, default='')),
                ('started_by', models.CharField(blank=True, default='', max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='workflows.release')),
                ('rolls_back', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rollbacks', to='workflows.run')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='workflows.target')),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='workflows.workflow')),
            ],
            options={
                'indexes': [models.Index(fields=['workflow', '-created_at'], name='workflows_r_workflo_ffbb31_idx'), models.Index(fields=['target', '-created_at'], name='workflows_r_target__6c4b2a_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('rolls_back', None), ('status__in', ['deploying', 'cancelling'])), fields=('target',), name='one_run_at_a_time_per_target')],
            },
        ),
        migrations.CreateModel(
            name='WorkflowShare',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor')], max_length=10)),
                ('shared_by', models.CharField(blank=True, default='', max_length=254)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='workflows.workflow')),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['email'], name='workflow_share_of_email')],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['viewer', 'editor'])), name='workflow_share_role_known'), models.UniqueConstraint(fields=('workflow', 'email'), name='workflow_share_once_per_email'), models.UniqueConstraint(fields=('workspace', 'workflow'), name='workflow_share_once_per_workspace')],
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('applied', 'Applied'), ('failed', 'Failed'), ('removed', 'Removed')], default='pending', max_length=10)),
                ('message', models.TextField(blank=True, default='')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('cluster', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clusters.cluster')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='workflows.release')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('release', 'cluster'), name='placement_unique')],
            },
        ),
        migrations.CreateModel(
            name='NodeStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('node_id', models.CharField(max_length=200)),
                ('state', models.CharField(default='pending', max_length=10)),
                ('health', models.CharField(default='unknown', max_length=12)),
                ('message', models.TextField(blank=True, default='')),
                ('objects_state', models.JSONField(default=list)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nodes', to='workflows.target')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('target', 'node_id'), name='node_status_unique')],
            },
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('target', 'sequence'), name='release_sequence_unique'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('workflow', 'number'), name='version_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('workflow', 'cluster', 'namespace'), name='target_place_unique'),
        ),
    ]
