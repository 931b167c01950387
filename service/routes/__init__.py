"""One file a resource: its view, its words for OpenAPI, its lane of the server.

What a view does beyond reading and answering belongs in the room of its subject.
"""
