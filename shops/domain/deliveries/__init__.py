"""The stock contract: a till says how many there are and what they cost, in lists of any length."""
