"""The same register with Django REST framework and django-simple-history."""
