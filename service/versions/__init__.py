"""Which version answers, and what it says: loading, swapping, predictions, values unseen in training, the listing.

Requests don't belong here: it is asked with an encoded matrix.
"""
