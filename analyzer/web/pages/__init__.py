"""The pages that people see, rendered here; script adds to them what it can."""
