"""Why a prediction is what it is, and what would change it: Shapley values, counterfactuals over actionable features.

It asks an engine and knows no request.
"""
