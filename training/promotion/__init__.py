"""Whether a new version becomes the champion: the comparison with the present one, and the gate.

Figures come from `evaluation`; the alias is moved by the store.
"""
