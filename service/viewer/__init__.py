"""Swagger UI over this API. No Python here; `routes.docs` sends it."""
