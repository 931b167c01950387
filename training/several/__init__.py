"""Several tables in one run: each is trained in a process of its own, here or on a cluster; at the end, all verdicts.

What training on a table is doesn't belong here.
"""
