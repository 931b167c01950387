"""The service: answers with the probabilities of a published version over HTTP."""
