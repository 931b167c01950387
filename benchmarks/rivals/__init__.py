"""What the service is held against: programs that people would write instead."""
