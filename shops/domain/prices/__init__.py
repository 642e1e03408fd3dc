"""What a price is by law: what it holds, what it may be compared with, who may lower it."""
