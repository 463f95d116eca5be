"""Which reader a file needs, told by its content first and by its name second."""

import re

from xcbulletin.errors import BulletinError, ImportFailedError
from xcbulletin.manuscript.importing.blocks import Document, Origin
from xcbulletin.manuscript.importing.docx import read_docx
from xcbulletin.manuscript.importing.html import read_html
from xcbulletin.manuscript.importing.scripts import with_scripts
from xcbulletin.manuscript.importing.text import read_text
from xcbulletin.yamltext import decode

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LARGEST = 256 * 2**20
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_REFUSED = (
    (b"%PDF", "这是 PDF，不能直接导入；请导入它的 Word 原稿，或用文字识别软件转成 .docx 或 .txt"),
    (b"{\\rtf", "这是 RTF 文档；请用 Word 打开，另存为 .docx"),
    (b"\x89PNG", "这是图片；请用文字识别软件转成文字（.txt 或 .docx）再导入"),
    (b"\xff\xd8\xff", "这是图片；请用文字识别软件转成文字（.txt 或 .docx）再导入"),
    (b"Rar!", "这是压缩包；请解压后导入里面的文件"),
    (b"7z\xbc\xaf", "这是压缩包；请解压后导入里面的文件"),
)
_REFUSED_ENDINGS = {
    ".pdf": "PDF 不能直接导入；请导入它的 Word 原稿，或用文字识别软件转成 .docx 或 .txt",
    ".mht": "请用浏览器或 Word 打开，另存为 .html 或 .docx",
    ".mhtml": "请用浏览器或 Word 打开，另存为 .html 或 .docx",
}
_UNREADABLE = "文件不是文字（像是程序数据或损坏的文件），无法导入；请另存为 .docx、.html 或 UTF-8 编码的 .txt"


def read_document(content: bytes, name: str) -> Document:
    """Return a file's blocks. Raises ImportFailedError, with the file's name, where that is not possible."""
    try:
        _refuse(content, name.lower())
        return with_scripts(_read(content, name))
    except BulletinError as error:
        raise ImportFailedError(_with_name(str(error), name)) from error


def _with_name(message: str, name: str) -> str:
    return message if message.startswith(name) else f"{name}: {message}"


def _refuse(content: bytes, name: str) -> None:
    """Raise ImportFailedError for what is known not to be importable."""
    if not content.strip():
        raise ImportFailedError("文件是空的；请确认选对了文件")
    if len(content) > _LARGEST:
        raise ImportFailedError("文件超过 256 MB，没有导入；请删去其中的大图片后再试")
    if content.startswith(_OLE):
        raise ImportFailedError(_ole_message(content))
    for signature, message in _REFUSED:
        if content.startswith(signature):
            raise ImportFailedError(message)
    for ending, message in _REFUSED_ENDINGS.items():
        if name.endswith(ending):
            raise ImportFailedError(message)


def _ole_message(content: bytes) -> str:
    if _ENCRYPTED in content:
        return "文件有密码保护，无法读取；请在 Word 中取消密码后另存为 .docx"
    return "这是旧格式的 Word 文档（.doc）；请用 Word 另存为 .docx"


def _read(content: bytes, name: str) -> Document:
    lowered = name.lower()
    if content.startswith(b"PK") or lowered.endswith((".docx", ".docm")):
        return read_docx(content, Origin(file=name, unit="段"))
    if lowered.endswith((".html", ".htm", ".xhtml")) or _PAGE.match(content.removeprefix(b"\xef\xbb\xbf")):
        return read_html(content, Origin(file=name))
    return read_text(_text(content, name), Origin(file=name))


def _text(content: bytes, name: str) -> str:
    try:
        text = decode(content, name)
    except BulletinError as error:
        raise ImportFailedError(_UNREADABLE) from error
    if "\x00" in text or len(re.findall("[\x01-\x08\x0e-\x1a\x1c-\x1f\ufffd]", text)) > len(text) // 50:
        raise ImportFailedError(_UNREADABLE)
    return text
