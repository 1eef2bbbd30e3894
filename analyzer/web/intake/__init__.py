"""An upload as it comes in: counted, recognised, named."""
