"""What headers and values mean in the languages of European schools: the words as data, a language a file.

What follows from it for a column, and anything that looks at cells as numbers, belongs elsewhere.
"""
