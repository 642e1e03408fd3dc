"""Who sells and who runs the marketplace, in facts and in texts (law A6, A16, D3, D12, D13)."""
