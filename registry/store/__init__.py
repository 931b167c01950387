"""Versions on disk: published whole or not at all, found by number or alias, promoted, rolled back, pruned.

How a version was trained or is served doesn't belong here.
"""
