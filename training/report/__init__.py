"""A version's report for people: what its figures mean, in words first, then in pictures."""
