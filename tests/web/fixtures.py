"""The pages that tests of pages look at, made once a session."""

from pathlib import Path

import pytest

from xcbulletin.publishing.typefaces.fonts import FontSet

# conftest imports this module, and what is imported inside needs conftest.


@pytest.fixture(scope="session")
def web_workspace(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  skipped without
    """The root of a workspace with sample issues, the gallery's and hostile ones."""
    from web.workspace import make_web_workspace

    return make_web_workspace(tmp_path_factory.mktemp("网页"))


@pytest.fixture(scope="session")
def house_pages(web_workspace: Path) -> tuple[Path, ...]:
    """Web editions, and pages of checks."""
    from web.house import make_house_pages

    return make_house_pages(web_workspace)


@pytest.fixture(scope="session")
def preview_pages(web_workspace: Path, house_pages: tuple[Path, ...]) -> tuple[Path, ...]:
    """What the preview serves: a web edition with remarks, and a page of mistakes."""
    from web.house import make_preview_pages

    return make_preview_pages(web_workspace, house_pages[0])


@pytest.fixture(scope="session")
def archive_site(web_workspace: Path) -> Path:
    """The folder of the archive of that workspace; one of its issues has a PDF."""
    from web.archive import make_archive

    return make_archive(web_workspace)


@pytest.fixture(scope="session")
def empty_archive_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive that nothing was put into yet."""
    from web.archive import make_empty_archive

    return make_empty_archive(tmp_path_factory.mktemp("空"))
