"""`init`: what a table's columns seem to be, as a dataset file for its owner to review.

Words of languages are next door, in `terms`; a run of the job doesn't come here.
"""
