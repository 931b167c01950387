"""A body to an encoded matrix, or every fault in it with its pointer: JSON, CSV, ids.

It knows neither HTTP nor what the matrix is for.
"""
