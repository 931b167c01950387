"""What training and service share: what a feature is, what a version on disk holds, which version is in use.

Imports neither Flask nor TensorFlow nor scikit-learn, and nothing from `training` or `service`.
"""
