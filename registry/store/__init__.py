"""Versions, in a folder or in object storage: published whole or not at all, found, promoted, rolled back, pruned.

How a version was trained or is served doesn't belong here.
"""
