"""Hours in the words of others: OpenStreetMap, schema.org, calendar files; in and out."""
