"""The datasets that ship with the program: the 15 students of the tutorial notebook.

A table of anybody else's doesn't belong here.
"""
