"""HTTP between gunicorn's master and a WSGI application. It knows no route, no Flask and no model."""
