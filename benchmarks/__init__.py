"""What is fast and what is not: ratios, each taken in one run."""
