"""The training job: a CSV of students in, a published version of the network out."""
