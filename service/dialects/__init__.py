"""What clients of other serving systems send and expect, over the same encoder and the same networks."""
