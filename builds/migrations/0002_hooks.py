import core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('builds', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='build',
            name='given_dockerfile',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.CreateModel(
            name='BuildHook',
            fields=[
                ('id', models.CharField(default=core.ids.new_id, editable=False, max_length=36, primary_key=True, serialize=False)),
                ('owner_id', models.CharField(max_length=36)),
                ('provider', models.CharField(choices=[('github', 'Github'), ('gitlab', 'Gitlab')], max_length=8)),
                ('secret', models.BinaryField()),
                ('last_used_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('build', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hooks', to='builds.build')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'created_at'], name='hook_of_workspace')],
                'constraints': [models.CheckConstraint(condition=models.Q(('provider__in', ['github', 'gitlab'])), name='hook_provider_known')],
            },
        ),
        migrations.CreateModel(
            name='BuildDelivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('hook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='builds.buildhook')),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='delivery_age')],
                'constraints': [models.UniqueConstraint(fields=('hook', 'digest'), name='delivery_heard_once')],
            },
        ),
    ]
