"""A trained network to the files of a version: SavedModel, LiteRT, golden instances, weights, background, row digests.

No student's row may stand in any of them.
"""
