"""The REST API of TensorFlow Serving; `routes` says which parts."""
