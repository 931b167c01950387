"""Tasks in processes of their own, on this machine or on a cluster: each ends with what it gave, or why it failed.

What a task does is its sender's, and no room here knows it.
"""
