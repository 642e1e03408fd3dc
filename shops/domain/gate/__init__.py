"""The publish gate: whether goods tell enough to be reserved, and to be paid online (law, 4)."""
