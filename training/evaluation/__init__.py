"""How far the network can be trusted: cross-validation, importance, response, diagnostics, the audit of the table.

Whether that is good enough is for `promotion` to decide.
"""
