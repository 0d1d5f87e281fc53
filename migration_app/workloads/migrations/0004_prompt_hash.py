from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workloads", "0003_sample_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="sample",
            name="prompt_hash",
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
    ]
