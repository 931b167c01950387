"""What operators see: log lines, a line for each request, metrics that all workers share.

It counts what it is given and knows neither models nor Flask views.
"""
