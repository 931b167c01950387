"""What every request and answer has: body, problem, key, security headers, and the Flask application that gives them.

It knows no model: what instances are belongs in `reading`, what is answered in `versions`.
"""
