"""What a check says, against what a real install and import does in roots of other systems."""
