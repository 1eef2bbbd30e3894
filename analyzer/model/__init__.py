"""The ground floor: the words every room speaks. Imports nothing of ours."""
