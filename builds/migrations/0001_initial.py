import core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('clusters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BuildQueue',
            fields=[
                ('engine', models.CharField(max_length=16, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Build',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('started_by', models.CharField(blank=True, default='', max_length=254)),
                ('consumer_kind', models.CharField(blank=True, default='', max_length=32)),
                ('consumer_id', models.CharField(blank=True, default='', max_length=200)),
                ('source_kind', models.CharField(choices=[('git', 'Git'), ('upload', 'Upload'), ('inline', 'Inline')], max_length=8)),
                ('source', models.JSONField(default=dict)),
                ('dockerfile', models.CharField(blank=True, default='', max_length=1000)),
                ('dockerfile_text', models.TextField(blank=True, default='')),
                ('is_dockerfile_detected', models.BooleanField(default=False)),
                ('target', models.CharField(blank=True, default='', max_length=128)),
                ('platforms', models.JSONField(default=list)),
                ('build_args', models.JSONField(default=dict)),
                ('secret_names', models.JSONField(default=list)),
                ('sealed', models.BinaryField(null=True)),
                ('image', models.CharField(max_length=700)),
                ('tag', models.CharField(max_length=128)),
                ('engine', models.CharField(max_length=16)),
                ('status', models.CharField(choices=[('queued', 'queued'), ('fetching', 'fetching'), ('building', 'building'), ('pushing', 'pushing'), ('succeeded', 'succeeded'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=16)),
                ('journal', models.JSONField(default=dict)),
                ('steps', models.JSONField(default=list)),
                ('progress', models.FloatField(default=0)),
                ('revision', models.CharField(blank=True, default='', max_length=100)),
                ('digest', models.CharField(blank=True, default='', max_length=100)),
                ('size', models.BigIntegerField(null=True)),
                ('error_code', models.CharField(blank=True, default='', max_length=64)),
                ('error', models.TextField(blank=True, default='')),
                ('cursor', models.BigIntegerField(default=0)),
                ('log_lines', models.BigIntegerField(default=0)),
                ('log_bytes', models.BigIntegerField(default=0)),
                ('cancel_requested_at', models.DateTimeField(null=True)),
                ('admitted_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('registry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clusters.registry')),
                ('retry_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='retries', to='builds.build')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'created_at'], name='build_of_workspace'), models.Index(fields=['consumer_kind', 'consumer_id', 'created_at'], name='build_of_consumer'), models.Index(condition=models.Q(('status__in', ['queued', 'fetching', 'building', 'pushing'])), fields=['engine', 'created_at'], name='build_unfinished'), models.Index(fields=['finished_at'], name='build_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'fetching', 'building', 'pushing', 'succeeded', 'failed', 'cancelled'])), name='build_status_known'), models.CheckConstraint(condition=models.Q(('source_kind__in', ['git', 'upload', 'inline'])), name='build_source_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='BuildChunk',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('first', models.BigIntegerField()),
                ('count', models.IntegerField()),
                ('data', models.BinaryField()),
                ('build', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='builds.build')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('build', 'first'), name='chunk_one_per_number')],
            },
        ),
        migrations.CreateModel(
            name='BuildUpload',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('filename', models.CharField(max_length=200)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='upload_expiry')],
            },
        ),
        migrations.CreateModel(
            name='BuildUploadPart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('data', models.BinaryField()),
                ('upload', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='builds.buildupload')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('upload', 'number'), name='part_one_per_number')],
            },
        ),
    ]
