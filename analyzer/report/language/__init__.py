"""The words of the reports in every language, and how they are written."""
