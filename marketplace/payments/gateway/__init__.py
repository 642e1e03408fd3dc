"""The way to the payment provider."""
