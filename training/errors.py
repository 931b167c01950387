"""Errors of the training job itself, to be told without importing TensorFlow; those of input stand where it is read."""


class ExportMismatch(Exception):
    """The exported network does not give what the network in memory gives; nothing is published."""
