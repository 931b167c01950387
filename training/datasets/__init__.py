"""The datasets that ship with the program: the 15 students of the tutorial notebook."""
