"""The inside of a .docx file: its parts, opened so that a hostile or damaged file can do no harm."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from xcbulletin.errors import ImportFailedError

_MOST_PARTS = 10_000
_LARGEST_PART = 64 * 2**20
_LARGEST_PACKAGE = 256 * 2**20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)

Relations = Mapping[str, str]
"""Names of parts, or addresses on the web, by the ids that the text uses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """An opened .docx file."""

    archive: zipfile.ZipFile
    document: str
    """The name of the part that holds the text."""

    def xml(self, name: str) -> etree._Element | None:
        """Return a part as XML with no entity resolved, or None where there is no such part."""
        content = self.read(name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        if content is None:
            return None
        try:
            return etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise _damaged() from error

    def read(self, name: str) -> bytes | None:
        """Return a part's bytes, or None where there is no such part."""
        try:
            return self.archive.read(name)
        except KeyError:
            return None
        except _DAMAGED as error:
            raise _damaged() from error

    def relations(self, part: str) -> Relations:
        """Return what a part refers to."""
        folder, base = posixpath.split(part)
        root = self.xml(f"{folder}/_rels/{base}.rels".lstrip("/"))
        return {} if root is None else {id_: target for id_, target, _ in _relations(root, folder)}

    def related(self, kind: str) -> etree._Element | None:
        """Return the part of a kind (styles, numbering, footnotes) that belongs to the text, as XML."""
        folder, base = posixpath.split(self.document)
        root = self.xml(f"{folder}/_rels/{base}.rels".lstrip("/"))
        targets = (
            [] if root is None else [target for _, target, name in _relations(root, folder) if name == kind]
        )
        return self.xml(targets[0]) if targets else None


def open_package(content: bytes) -> Package:
    """Open a .docx file. Raises ImportFailedError where it is damaged, oversized or something else."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGED as error:
        raise _damaged() from error
    _limit(archive.infolist())
    return Package(archive=archive, document=_document_name(archive))


def _limit(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse what would unpack to more than any manuscript needs; a part is never read beyond what it declares."""
    sizes = [part.file_size for part in parts]
    if len(parts) > _MOST_PARTS or sum(sizes) > _LARGEST_PACKAGE or max(sizes, default=0) > _LARGEST_PART:
        raise ImportFailedError(
            "文件解压后过大，像是有意构造的压缩包，没有导入；如确是文稿，请压缩其中的图片后另存"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise ImportFailedError("文件有密码保护，无法读取；请在 Word 中取消密码后另存为 .docx")


def _document_name(archive: zipfile.ZipFile) -> str:
    package = Package(archive=archive, document="")
    root = package.xml("_rels/.rels")
    names = (
        []
        if root is None
        else [target for _, target, kind in _relations(root, "") if kind == "officeDocument"]
    )
    name = names[0] if names else "word/document.xml"
    if name not in archive.namelist() or not name.startswith("word/"):
        raise ImportFailedError("这不是 Word 文档（.docx），无法导入；请用 Word 打开原文件，另存为 .docx")
    return name


def _relations(root: etree._Element, folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield id, target and kind of every relation."""
    for relation in root.iter("{*}Relationship"):
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        yield relation.get("Id", ""), target, relation.get("Type", "").rpartition("/")[2]


def _damaged() -> ImportFailedError:
    return ImportFailedError("文件已损坏，无法读取；请用 Word 打开并另存为 .docx，或重新取得这个文件")
