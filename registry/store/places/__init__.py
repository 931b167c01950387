"""Where versions lie: a folder on a disk, or a prefix in object storage; read, and changed whole or not at all.

What a version is, and which may be champion, doesn't belong here.
"""
