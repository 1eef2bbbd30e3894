"""What the readable reports have in common, ready to be laid out."""
