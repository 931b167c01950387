"""What turns an encoded matrix into probabilities: engines, the choice among them, the work one request gets.

TensorFlow is imported in `tensorflow` alone, when that engine is chosen.
"""
