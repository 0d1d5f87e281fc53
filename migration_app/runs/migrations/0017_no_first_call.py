from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0016_accepted_conflicts"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="runcandidate",
            name="first_call_at",
        ),
    ]
