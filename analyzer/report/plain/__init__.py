"""Reports as text: for terminals, mails and tickets."""
