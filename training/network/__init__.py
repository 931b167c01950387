"""The Keras networks: members that train side by side, what is recorded meanwhile, the choice of a configuration.

How good they are is for `evaluation` to say.
"""
