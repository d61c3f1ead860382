"""`python -m docs.reference` writes every file that is made from the code."""

from docs.reference.files import made_files


def main() -> None:
    for path, text in made_files().items():
        path.write_text(text)


if __name__ == "__main__":
    main()
