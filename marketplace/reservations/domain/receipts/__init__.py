"""What a shop gives for money: figures, issuing in the shop's own series, papers, years."""
