"""A body to an encoded matrix, or every fault in it with its pointer: JSON, CSV, ids.

It knows of HTTP only a body and its media type, and not what the matrix is for.
"""
