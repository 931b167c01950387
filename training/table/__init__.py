"""A CSV to a checked `Dataset`: numbers, marks, periods and groups as schools write them, columns that leak the target.

What is computed from a dataset belongs elsewhere.
"""
