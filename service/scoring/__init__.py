"""`python -m service score`: a file of students without a server.

What `/score` needs as well belongs in `reading`.
"""
