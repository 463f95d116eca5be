"""What a new workspace is made of: in a checkout the files at its top, in an installed wheel a copy of them."""

from pathlib import Path

_NAMES = (
    "bulletin.yaml",
    "recipients.example.csv",
    "templates",
    "sources/industries.yaml",
    "sources/feeds.yaml",
    "sources/proofing.yaml",
)
_GITIGNORE = b"build/\nrecipients.csv\nsources/desk.db*\n"


def starter_folder() -> Path:
    """Return the folder that holds the starter files."""
    packaged = Path(__file__).parent / "starter"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent


def template_folders(root: Path) -> tuple[Path, ...]:
    """Return where templates are looked for: the workspace's own, then those of the program."""
    return root / "templates", starter_folder() / "templates"


def starter_files() -> dict[str, bytes]:
    """Return the files of a new workspace, by their path in it."""
    base = starter_folder()
    paths = [
        path
        for name in _NAMES
        for path in (sorted((base / name).rglob("*")) if (base / name).is_dir() else [base / name])
        if path.is_file()
    ]
    files = {path.relative_to(base).as_posix(): path.read_bytes() for path in paths}
    return {**files, ".gitignore": _GITIGNORE}
