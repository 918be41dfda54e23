"""``python -m benchmarks.contenders.django_site.fill ROUNDS``: tables, the same data, and a token (printed)."""

from __future__ import annotations

import sys
from random import Random

from benchmarks.contenders.django_site import wsgi  # noqa: F401 - it sets Django up
from benchmarks.histories import instant_of, real_entries, said


def fill(rounds: int) -> str:
    """Create the tables and the institutions with their history; returns the token that may write."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from rest_framework.authtoken.models import Token

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    _fill_institutions(rounds)
    user = User.objects.create_user("officer-1")
    return str(Token.objects.create(user=user).key)


def _fill_institutions(rounds: int) -> None:
    from django.db import connection

    from benchmarks.contenders.django_site.models import Institution

    random, entries = Random(3), real_entries()
    institutions: list[Institution] = []
    for number in range(rounds):
        for index, entry in enumerate(entries):
            _, _, content, _ = said(entry, number, random)
            if number == 0:
                institutions.append(Institution(**{name: v for name, v in content.items() if name != "basis"}))
            else:
                for name, value in content.items():
                    setattr(institutions[index], name, value)
        if number == 0:
            Institution.objects.bulk_create(institutions, batch_size=500)
        Institution.history.bulk_history_create(
            institutions, batch_size=500, update=number > 0, default_date=instant_of(number)
        )
    Institution.objects.bulk_update(institutions, ["name", "head", "phones", "emails", "address"], batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    print(fill(int(sys.argv[1])))
