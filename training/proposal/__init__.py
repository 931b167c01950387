"""`init`: what a table's columns seem to be, as a dataset file for its owner to review.

Data about languages stands beside the rules that use it; a run of the job doesn't come here.
"""
