"""What a browser says of TLS."""
