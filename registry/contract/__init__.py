"""What training and service must agree on and no store is needed for: features, their encoder, tables, golden answers.

Nothing here knows of versions on a disk, and what only one of the two sides needs doesn't belong here.
"""
