"""A version's report for people: what its figures mean, in words first, then in pictures.

Figures are not computed here, but read from the manifest, so that every version that was published can be told.
"""
