"""Sessions → findings. One rule, one file; discovered."""
