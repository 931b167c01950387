"""The protocols of other serving systems, a folder each: routes, error form, part of OpenAPI.

What `/predict` needs as well belongs in `reading` or `versions`.
"""
