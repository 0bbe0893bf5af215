"""`python -m gridaudit`."""

from gridaudit.cli.main import main

if __name__ == "__main__":
    main()
