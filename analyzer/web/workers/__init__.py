"""Analyses in processes of their own, with limits; what a job is given and what it gives."""
