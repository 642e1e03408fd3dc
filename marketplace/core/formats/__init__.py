"""How dates are written where a language has more than one custom."""
