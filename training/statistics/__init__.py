"""Folds, metrics, calibration, prediction sets, baselines, groups: what is true of any model's forecasts.

No Keras here.
"""
