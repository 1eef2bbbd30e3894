"""`python -m analyzer` and the `stanzascope` command."""

from .cli.main import main

if __name__ == "__main__":
    main()
