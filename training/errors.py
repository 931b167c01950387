"""What goes wrong in a run and is nobody's input; without the libraries that training needs."""


class ExportMismatch(Exception):
    """The exported network does not give what the network in memory gives; nothing is published."""
