"""The printing fonts: found or missed, what they cover, and what the real ones can do."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from xcbulletin.errors import FontError
from xcbulletin.publishing.typefaces import fonts as fonts_module
from xcbulletin.publishing.typefaces import typefoundry
from xcbulletin.publishing.typefaces.faces import FACES, FANDOL, NOTO, PACKAGES, WENKAI, files_wanted
from xcbulletin.publishing.typefaces.fonts import (
    FAMILIES,
    FontSet,
    fonts_directory,
    load_fonts,
    recipe_digest,
    stack,
)
from xcbulletin.publishing.typefaces.licences import licence_text
from xcbulletin.publishing.typefaces.packages import Package, fetch

CORE_FACES = ("XCSong-Regular", "XCSong-Bold", "XCHei-Regular", "XCHei-Bold", "XCKai-Regular")
ALL_FACES = (*CORE_FACES, "XCSongExt-Regular", "XCHeiExt-Regular", "XCFang-Regular")


def make_fonts(folder: Path, coverage: dict[str, list[list[int]]] | None = None) -> Path:
    """Lay out a folder as the foundry does, with a font that is none."""
    folder.mkdir(parents=True)
    (folder / "recipe.txt").write_text(f"{recipe_digest()}\n")
    (folder / "XCSong-Regular.ttf").write_bytes(b"a font of some size")
    (folder / "coverage.json").write_text(json.dumps(coverage or {"XC Song": [[0x4E00, 0x9FFF]]}))
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    (folder / "sizes.json").write_text(json.dumps(sizes))
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(sums))
    return folder


def load_fake(folder: Path, coverage: dict[str, list[list[int]]]) -> FontSet:
    return load_fonts(make_fonts(folder, coverage))


# Finding them


def test_without_fonts_the_message_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FontError) as caught:
        load_fonts(tmp_path / "nowhere")
    assert str(caught.value) == f"没有找到排版用的字体（{tmp_path}/nowhere）。请先运行 xcbulletin fonts"


def test_fonts_made_before_the_program_changed_are_outdated(tmp_path: Path) -> None:
    folder = make_fonts(tmp_path / "fonts")
    (folder / "recipe.txt").write_text("0123456789ab\n")
    with pytest.raises(FontError) as caught:
        load_fonts(folder)
    assert str(caught.value) == (
        f"程序更新了，字体也要重新准备（{folder} 里的是按以前的做法准备的）。请先运行 xcbulletin fonts"
    )


def test_fonts_that_do_not_say_how_they_were_made_are_outdated(tmp_path: Path) -> None:
    folder = make_fonts(tmp_path / "fonts")
    (folder / "recipe.txt").unlink()
    with pytest.raises(FontError, match="程序更新了，字体也要重新准备"):
        load_fonts(folder)


def test_fonts_of_an_earlier_recipe_in_the_cache_are_mentioned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XCBULLETIN_FONTS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    earlier = make_fonts(tmp_path / "xcbulletin" / "fonts" / "0123456789ab")
    (earlier / "recipe.txt").write_text("0123456789ab\n")
    with pytest.raises(FontError) as caught:
        load_fonts()
    assert str(caught.value) == (
        f"程序更新了，字体也要重新准备（{earlier} 里的是按以前的做法准备的）。请先运行 xcbulletin fonts"
    )


def test_todays_fonts_next_door_are_not_called_outdated(tmp_path: Path) -> None:
    make_fonts(tmp_path / "fonts")
    with pytest.raises(FontError, match="没有找到排版用的字体"):
        load_fonts(tmp_path / "typing-mistake")


def test_the_recipe_is_every_module_that_shapes_the_fonts() -> None:
    rooms = {path.name for path in Path(fonts_module.__file__).parent.iterdir() if path.is_file()}
    assert set(fonts_module._RECIPE) == rooms - {"__init__.py", "fonts.py", "packages.py"}


def test_a_missing_file_is_noticed(tmp_path: Path) -> None:
    folder = make_fonts(tmp_path / "fonts")
    (folder / "XCSong-Regular.ttf").unlink()
    with pytest.raises(FontError) as caught:
        load_fonts(folder)
    assert str(caught.value) == (
        f"排版用的字体不完整（{folder}）：缺少 XCSong-Regular.ttf。请先运行 xcbulletin fonts"
    )


def test_a_file_of_another_size_is_noticed(tmp_path: Path) -> None:
    folder = make_fonts(tmp_path / "fonts")
    (folder / "XCSong-Regular.ttf").write_bytes(b"half a")
    with pytest.raises(FontError) as caught:
        load_fonts(folder)
    assert str(caught.value) == (
        f"排版用的字体不完整（{folder}）：XCSong-Regular.ttf 的大小不对。请先运行 xcbulletin fonts"
    )


@pytest.mark.parametrize("name", ["sizes.json", "coverage.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"XC Song": 3}', '{"XC Song": [3]}'])
def test_an_unreadable_list_is_damage_too(tmp_path: Path, name: str, content: str) -> None:
    folder = make_fonts(tmp_path / "fonts")
    (folder / name).write_text(content)
    with pytest.raises(FontError, match="排版用的字体不完整"):
        load_fonts(folder)


def test_the_digest_is_that_of_the_checksums(tmp_path: Path) -> None:
    folder = make_fonts(tmp_path / "fonts")
    assert load_fonts(folder).digest == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCBULLETIN_FONTS", str(make_fonts(tmp_path / "fonts")))
    assert load_fonts().directory == tmp_path / "fonts"


def test_otherwise_the_cache_folder_names_the_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XCBULLETIN_FONTS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert fonts_directory() == tmp_path / "xcbulletin" / "fonts" / recipe_digest()


@pytest.mark.parametrize("cache", ["", "relative/path"])
def test_a_cache_home_that_is_not_absolute_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    monkeypatch.delenv("XCBULLETIN_FONTS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert fonts_directory().is_relative_to(tmp_path / ".cache")


def test_using_the_fonts_loads_no_font_library() -> None:
    code = "import sys, xcbulletin.publishing.typefaces.fonts; print({'fontTools', 'uharfbuzz'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# What they cover


def test_characters_that_no_family_draws_are_named_once_and_in_order(tmp_path: Path) -> None:
    fonts = load_fake(tmp_path / "fonts", {"XC Song": [[0x4E00, 0x4E02], [0x4E10, 0x4E10]]})
    assert fonts.missing("丐一二一丂二上丏") == ("二", "上", "丏")


def test_any_family_of_the_chain_will_do(tmp_path: Path) -> None:
    fonts = load_fake(tmp_path / "fonts", {"XC Song": [[0x41, 0x41]], "XC Song Ext": [[0x42, 0x42]]})
    assert fonts.missing("ABC") == ("C",)
    assert fonts.missing("ABC", ("XC Song",)) == ("B", "C")
    assert fonts.missing("ABC", ("XC Kai",)) == ("A", "B", "C")


def test_what_fang_has_not_is_drawn_by_song(tmp_path: Path) -> None:
    fonts = load_fake(
        tmp_path / "fonts", {"XC Fang": [[0x4E00, 0x4E00]], "XC Song": [[0x41, 0x41], [0x4E00, 0x4E00]]}
    )
    assert stack("XC Fang") == ("XC Fang", "XC Song", "XC Song Ext")
    assert fonts.missing("一A丁", ("XC Fang",)) == ("A", "丁")
    assert fonts.missing("一A丁", stack("XC Fang")) == ("丁",)
    assert fonts.missing("一A丁") == ("丁",)


def test_every_family_of_a_face_is_known_and_the_other_way_round() -> None:
    assert {face.family for face in FACES} == set(FAMILIES)
    assert stack("XC Hei Ext") == ("XC Hei Ext",)


def test_invisible_characters_are_not_missed(tmp_path: Path) -> None:
    fonts = load_fake(tmp_path / "fonts", {"XC Song": [[0x4E00, 0x4E00]]})
    assert fonts.missing("一\n\t\u200b\u2060\ufeff\u00ad\u2028\ufe0f\U000e0100") == ()


def test_emoji_and_private_characters_are_missed(tmp_path: Path) -> None:
    fonts = load_fake(tmp_path / "fonts", {"XC Song": [[0x4E00, 0x4E00]]})
    assert fonts.missing("一😀\ue000\ufffd") == ("😀", "\ue000", "\ufffd")


# FontConfig


def test_the_fontconfig_file_knows_one_folder_and_a_cache_of_its_own(tmp_path: Path) -> None:
    fonts = load_fonts(make_fonts(tmp_path / "a & b"))
    content = fonts.write_fontconfig(tmp_path / "build").read_text(encoding="utf-8")
    assert content.count("<dir>") == content.count("<cachedir>") == 1
    assert f"<dir>{tmp_path}/a &amp; b</dir>" in content
    assert f"<cachedir>{tmp_path}/build/fontconfig-cache</cachedir>" in content
    assert "<include" not in content


def test_generic_families_are_ours(tmp_path: Path) -> None:
    content = load_fonts(make_fonts(tmp_path / "fonts")).write_fontconfig(tmp_path / "build").read_text()
    for generic, family in (
        ("serif", "XC Song"),
        ("sans-serif", "XC Hei"),
        ("monospace", "XC Hei"),
        ("cursive", "XC Kai"),
        ("fangsong", "XC Fang"),
    ):
        assert f"<family>{generic}</family><prefer><family>{family}</family>" in content


def test_fontconfig_knows_what_follows_a_family(tmp_path: Path) -> None:
    content = load_fonts(make_fonts(tmp_path / "fonts")).write_fontconfig(tmp_path / "build").read_text()
    followed = "<accept><family>XC Song</family><family>XC Song Ext</family></accept>"
    assert f"<family>XC Fang</family>{followed}" in content
    assert f"<family>XC Kai</family>{followed}" in content


def test_writing_the_fontconfig_file_again_leaves_it_alone(tmp_path: Path) -> None:
    fonts = load_fonts(make_fonts(tmp_path / "fonts"))
    first = fonts.write_fontconfig(tmp_path / "build").stat()
    assert fonts.write_fontconfig(tmp_path / "build").stat().st_mtime_ns == first.st_mtime_ns
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["fonts.conf"]


# Preparing them


def make_command(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of commands in front of which nothing else is found."""
    folder = tmp_path / "commands"
    make_command(folder, "dpkg-deb", "exit 0")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def prepare_and_fail(destination: Path) -> str:
    with pytest.raises(FontError) as caught:
        typefoundry.prepare(destination, lambda _: None)
    return str(caught.value)


REMEDY = "也可以在一台 Debian 12 机器上运行 xcbulletin fonts，把做好的文件夹复制过来，并让环境变量 XCBULLETIN_FONTS 指向它。"


def test_a_machine_without_apt_is_told_what_to_do(tmp_path: Path, commands: Path) -> None:
    assert commands.is_dir()
    message = prepare_and_fail(tmp_path / "cache" / "fonts")
    assert message == f"这台机器没有 apt-get 和 dpkg-deb，取不到字体软件包。{REMEDY}"
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_apt_says_is_passed_on(tmp_path: Path, commands: Path) -> None:
    make_command(
        commands, "apt-get", '[ "$1" = update ] || { echo "W: so-so\nE: no such version" >&2; exit 100; }'
    )
    message = prepare_and_fail(tmp_path / "fonts")
    assert "没有成功：E: no such version\n请检查网络和软件源（需要 Debian 12 的 main）" in message
    assert message.endswith(REMEDY)


def test_a_package_with_other_bytes_is_refused(tmp_path: Path, commands: Path) -> None:
    make_command(
        commands, "apt-get", "".join(f"echo wrong > {package.name}_1_all.deb\n" for package in PACKAGES)
    )
    wrong = hashlib.sha256(b"wrong\n").hexdigest()
    assert prepare_and_fail(tmp_path / "fonts") == (
        f"软件包 {NOTO.pinned} 与登记的不符：SHA-256 应为 {NOTO.sha256}，实为 {wrong}。"
        f"请换一个软件源再试。{REMEDY}"
    )
    assert not (tmp_path / "fonts").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "论文.docx").touch()
    assert prepare_and_fail(tmp_path) == (
        f"{tmp_path} 里有别的文件（如 论文.docx），不能放字体。请换一个新的文件夹。"
    )


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert prepare_and_fail(tmp_path / "file" / "fonts").startswith(
        f"无法准备字体（{tmp_path}/file/fonts）："
    )


@pytest.mark.usefixtures("commands")
def test_sound_fonts_are_not_made_again(tmp_path: Path) -> None:
    folder = make_fonts(tmp_path / "fonts")
    said: list[str] = []
    typefoundry.prepare(folder, said.append)
    assert said == [f"字体已经就绪：{folder}"]


def test_outdated_fonts_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_fonts(tmp_path / "fonts")
    (folder / "XCBygone-Regular.ttf").touch()  # of a face that is no longer made
    rewrite_checksums(folder)
    (folder / "recipe.txt").write_text("0123456789ab\n")
    make_without_packages(monkeypatch)
    typefoundry.prepare(folder, lambda _: None)
    assert load_fonts(folder).directory == folder
    assert not (folder / "XCBygone-Regular.ttf").exists()


def test_two_that_prepare_at_once_both_end_with_sound_fonts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, together = tmp_path / "cache" / "fonts", Barrier(2)
    make_without_packages(monkeypatch, together)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: typefoundry.prepare(folder, lambda _: None), range(2)))
    assert load_fonts(folder).directory == folder
    assert [path.name for path in folder.parent.iterdir()] == ["fonts"]


def rewrite_checksums(folder: Path) -> None:
    names = (path for path in sorted(folder.iterdir()) if path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in names]
    (folder / "SHA256SUMS").write_text("".join(sums))


def make_without_packages(monkeypatch: pytest.MonkeyPatch, together: Barrier | None = None) -> None:
    """Let the foundry make fonts of nothing; with a barrier, two of them come to their end at the same time."""

    def make(_sources: Path, made: Path, _report: object) -> None:
        (made / "XCSong-Regular.ttf").write_bytes(b"a font")
        if together:
            together.wait(timeout=10)

    monkeypatch.setattr(typefoundry, "fetch", lambda *_: None)
    monkeypatch.setattr(typefoundry, "_make_faces", make)
    monkeypatch.setattr(typefoundry, "_write_licences", lambda *_: None)
    monkeypatch.setattr(typefoundry, "_coverage", lambda *_: [[0x4E00, 0x4E00]])


# Packages

NEEDS_DPKG = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is Debian's")


def make_package(folder: Path, files: dict[str, str]) -> tuple[Package, Path]:
    """Build a Debian package `a-font` with these files; return what pins it, and it."""
    for name, content in {
        **files,
        "DEBIAN/control": "Package: a-font\nVersion: 1\nArchitecture: all\nMaintainer: A <a@b.example>\n"
        "Description: -\n",
    }.items():
        path = folder / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    archive = folder / "a-font_1_all.deb"
    subprocess.run(["dpkg-deb", "-b", str(folder / "tree"), str(archive)], check=True, capture_output=True)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return Package(
        name="a-font", version="1", sha256=digest, megabytes=1, licence="", licence_files=()
    ), archive


def fetch_from(
    archive: Path, package: Package, wanted: Sequence[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    commands = archive.parent / "commands"
    make_command(commands, "apt-get", f"cp {archive} .")
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    said: list[str] = []
    folder.mkdir()
    fetch({package: wanted}, folder, said.append)
    return said


@NEEDS_DPKG
def test_only_the_files_wanted_come_out_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, archive = make_package(tmp_path, {"usr/a.otf": "A", "usr/b.otf": "B", "usr/doc/c": "C"})
    said = fetch_from(archive, package, ["usr/a.otf", "usr/doc/c"], tmp_path / "out", monkeypatch)
    assert said == ["下载字体软件包（共 1 MB）：a-font=1"]
    files = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*")}
    assert files == {"usr", "usr/doc", "usr/a.otf", "usr/doc/c"}
    assert (tmp_path / "out" / "usr" / "doc" / "c").read_text() == "C"


@NEEDS_DPKG
def test_a_file_that_a_package_has_not_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, archive = make_package(tmp_path, {"usr/a.otf": "A"})
    with pytest.raises(FontError) as caught:
        fetch_from(archive, package, ["usr/a.otf", "usr/b.otf"], tmp_path / "out", monkeypatch)
    assert str(caught.value) == f"软件包 a-font=1 里没有 usr/b.otf。{REMEDY}"


@NEEDS_DPKG
def test_a_package_that_cannot_be_opened_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, archive = make_package(tmp_path, {"usr/a.otf": "A"})
    archive.write_bytes(b"no archive")
    package = replace(package, sha256=hashlib.sha256(b"no archive").hexdigest())
    with pytest.raises(FontError) as caught:
        fetch_from(archive, package, ["usr/a.otf"], tmp_path / "out", monkeypatch)
    assert str(caught.value) == f"软件包 a-font=1 打不开：empty file。{REMEDY}"


def test_every_source_of_a_face_is_wanted_of_its_package() -> None:
    wanted = {name for package in PACKAGES for name in files_wanted(package)}
    assert {face.source for face in FACES} <= wanted
    assert len(files_wanted(FANDOL)) == 3


# Licences


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_the_licence_is_the_notice_and_the_text_of_the_debian_file(tmp_path: Path) -> None:
    debian = (
        "Format: https://example.org\n\nFiles: *\nCopyright: 2020 A Designer\nLicense: OFL-1.1\n\n"
        "Files: debian/*\nLicense: GPL-3+\n\n"
        "License: OFL-1.1\n SIL OPEN FONT LICENSE\n .\n PREAMBLE\n .\n\nLicense: GPL-3+\n Other words\n"
    )
    write(tmp_path / WENKAI.licence_files[0], debian.encode())
    assert licence_text(WENKAI, tmp_path) == (
        f"Fonts cut from Debian's {WENKAI.pinned}; the original is under:\n\n"
        "Files: *\nCopyright: 2020 A Designer\nLicense: OFL-1.1\n\nSIL OPEN FONT LICENSE\n\nPREAMBLE\n"
    )


def test_a_licence_in_files_of_its_own_stays_whole(tmp_path: Path) -> None:
    notice, licence = FANDOL.licence_files
    write(tmp_path / notice, b"A notice\n")
    write(tmp_path / licence, gzip.compress(b"A licence\nwith an exception\n"))
    assert licence_text(FANDOL, tmp_path) == (
        f"Fonts cut from Debian's {FANDOL.pinned}; the original is under:\n\n"
        "A notice\n\nA licence\nwith an exception\n"
    )


# The real ones


@pytest.fixture(scope="session")
def real() -> FontSet:
    try:
        return load_fonts()
    except FontError as error:
        pytest.skip(str(error))


def features(path: Path) -> set[str]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        tables = [font[tag].table for tag in ("GSUB", "GPOS") if tag in font]
        return {record.FeatureTag for table in tables for record in table.FeatureList.FeatureRecord}


def advances(path: Path, text: str, language: str = "zh-Hans") -> list[int]:
    """Return the advances of a Chinese text set with contextual spacing."""
    import uharfbuzz as hb

    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction, buffer.script, buffer.language = "ltr", "Hani", language
    hb.shape(hb.Font(hb.Face(path.read_bytes())), buffer, {"chws": True})
    return [position.x_advance for position in buffer.glyph_positions]


@pytest.mark.parametrize("face", ALL_FACES)
def test_outlines_are_truetype_without_hinting_under_our_name(real: FontSet, face: str) -> None:
    from fontTools.ttLib import TTFont

    with TTFont(real.directory / f"{face}.ttf", lazy=True) as font:
        assert "glyf" in font
        assert not {"CFF ", "fpgm", "prep", "cvt "} & set(font.keys())
        assert font["name"].getDebugName(1) in FAMILIES
        assert font["name"].getDebugName(6) == face
        assert font["OS/2"].usWeightClass == (700 if face.endswith("Bold") else 400)
        assert (font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap) == (1160, -288, 0)
        licence = "GNU General Public License" if face.startswith("XCFang") else "SIL Open Font License"
        assert licence in font["name"].getDebugName(13)


@pytest.mark.parametrize("face", CORE_FACES)
def test_punctuation_can_be_set_closer(real: FontSet, face: str) -> None:
    path = real.directory / f"{face}.ttf"
    assert {"chws", "halt"} <= features(path)
    assert sum(advances(path, "》。《")) == 2000
    assert sum(advances(path, "。”")) == 1500
    assert sum(advances(path, "：“")) == 1500
    assert advances(path, "国，国") == [1000, 1000, 1000]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-CN", "en"])
@pytest.mark.parametrize("face", CORE_FACES)
def test_a_dash_is_two_ems_whatever_the_language_tag(real: FontSet, face: str, language: str) -> None:
    assert sum(advances(real.directory / f"{face}.ttf", "——", language)) == 2000


@pytest.mark.parametrize("face", CORE_FACES)
def test_quotation_marks_are_full_width(real: FontSet, face: str) -> None:
    for mark in "“”‘’":
        assert advances(real.directory / f"{face}.ttf", f"国{mark}国") == [1000, 1000, 1000]


def gb2312() -> str:
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(pair.decode("gb2312", "ignore") for pair in pairs)


@pytest.mark.parametrize("family", ["XC Song", "XC Hei"])
def test_every_family_covers_gb2312_and_what_a_bulletin_prints(real: FontSet, family: str) -> None:
    hanzi = "".join(character for character in gb2312() if "\u4e00" <= character <= "\u9fff")
    assert len(hanzi) == 6763
    assert real.missing(hanzi + "镕喆堃昇", (family,)) == ()
    assert real.missing("①⑳㊿ⅠⅫ℃㎡‰²₂₉⁰⁹×÷±≤≥→■●○√ÀéüΩαЖя─│あア、。《》（）％￥", (family,)) == ()


def test_kai_leaves_latin_and_figures_to_song(real: FontSet) -> None:
    assert real.missing("许昌①℃㎡→■、。《》（）“”——……％￥", ("XC Kai",)) == ()
    assert real.missing("A1·é²₂Ω×", ("XC Kai",)) == tuple("A1·é²₂Ω×")
    assert real.missing("A1·é²₂Ω×", stack("XC Kai")) == ()


def test_fang_draws_hanzi_and_leaves_the_rest_to_song(real: FontSet) -> None:
    hanzi = "".join(character for character in gb2312() if "\u4e00" <= character <= "\u9fff")
    assert real.missing(hanzi, ("XC Fang",)) == ()
    rest = "A1“”，。——…￥〇镕喆堃昇"
    assert real.missing(rest, ("XC Fang",)) == tuple(dict.fromkeys(rest))
    assert real.missing(hanzi + rest, stack("XC Fang")) == ()


def middle(path: Path, text: str) -> float:
    """Return the height at which these glyphs are centred on average."""
    import uharfbuzz as hb

    font = hb.Font(hb.Face(path.read_bytes()))
    boxes = [font.get_glyph_extents(font.get_nominal_glyph(ord(character))) for character in text]
    return sum(box.y_bearing + box.height / 2 for box in boxes) / len(boxes)


def test_fang_stands_level_with_song(real: FontSet) -> None:
    text = "仿宋国家产业信息技术永和大学"
    fang, song = (middle(real.directory / f"XC{name}-Regular.ttf", text) for name in ("Fang", "Song"))
    assert abs(fang - song) < 15


def test_a_blank_in_fang_is_as_wide_as_in_song(real: FontSet) -> None:
    fang, song = (real.directory / f"XC{name}-Regular.ttf" for name in ("Fang", "Song"))
    assert advances(fang, "国 国\u00a0国") == advances(song, "国 国\u00a0国") == [1000, 256, 1000, 256, 1000]


@pytest.mark.parametrize("face", CORE_FACES)
def test_a_mark_at_half_width_keeps_all_its_ink(real: FontSet, face: str) -> None:
    import uharfbuzz as hb

    font = hb.Font(hb.Face((real.directory / f"{face}.ttf").read_bytes()))
    for mark in "，。、；：！？（）《》〈〉【】「」『』〔〕“”‘’":
        buffer = hb.Buffer()
        buffer.add_str(mark)
        buffer.guess_segment_properties()
        hb.shape(font, buffer, {"halt": True})
        (glyph,), (place,) = buffer.glyph_infos, buffer.glyph_positions
        box = font.get_glyph_extents(glyph.codepoint)
        left = box.x_bearing + place.x_offset
        assert place.x_advance in (500, 1000), mark
        assert -5 <= left < left + box.width <= place.x_advance + 5, mark


def test_all_of_gb2312_and_rare_and_traditional_hanzi_print(real: FontSet) -> None:
    assert real.missing(gb2312()) == ()
    for extension in ("XC Song Ext", "XC Hei Ext"):
        assert real.missing("體龍灣臺 㐂", (extension,)) == ()


def test_an_emoji_does_not_print(real: FontSet) -> None:
    assert real.missing("好😀") == ("😀",)


def test_a_subset_holds_only_the_characters_asked_for_and_is_the_same_every_time(real: FontSet) -> None:
    import uharfbuzz as hb

    first, second = (
        real.subset("XCSong-Regular", text) for text in ("情报（快递）——“信”", "信“”——）递快（报情情")
    )
    assert first == second
    assert len(first) < 20_000
    assert set(hb.Face(first).unicodes) == set(map(ord, "情报快递信（）—“”"))


def test_a_subset_still_sets_punctuation_closer(real: FontSet, tmp_path: Path) -> None:
    path = tmp_path / "subset.ttf"
    path.write_bytes(real.subset("XCHei-Bold", "》。《——"))
    assert sum(advances(path, "》。《")) == 2000
    assert sum(advances(path, "——")) == 2000


def test_a_subset_of_an_unknown_face_is_an_error(real: FontSet) -> None:
    with pytest.raises(FontError, match="没有名为“XCLi-Regular”的字体"):
        real.subset("XCLi-Regular", "情报")


def test_the_checksums_are_true_and_the_licences_are_there(real: FontSet) -> None:
    for line in (real.directory / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((real.directory / name).read_bytes()).hexdigest() == digest
    for package in ("fonts-noto-cjk", "fonts-lxgw-wenkai"):
        licence = (real.directory / f"LICENCE-{package}.txt").read_text()
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    licence = (real.directory / "LICENCE-texlive-lang-chinese.txt").read_text()
    assert "licensing is GPL + GPL font exception" in licence
    assert "GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007" in licence
    assert "if you create a document which uses this font, and\nembed this font" in licence


def test_a_printed_page_embeds_our_fonts_only(real: FontSet, tmp_path: Path) -> None:
    page = "<p style='font-family: Arial, Nonsense'>情报 brief</p><p style='font-family: cursive'>“编者的话”繁體 字</p>"
    page += "<p style='font-family: fangsong'>仿宋 2021 年“镕”</p>"
    code = "import sys, weasyprint; weasyprint.HTML(string=sys.argv[1]).write_pdf('page.pdf', uncompressed_pdf=True)"
    environment = {**os.environ, "FONTCONFIG_FILE": str(real.write_fontconfig(tmp_path))}
    done = subprocess.run(
        [sys.executable, "-c", code, f"<html lang='zh-CN'>{page}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "notdef" not in done.stderr
    names = re.findall(rb"/BaseFont /[A-Z]{6}\+(\S+?)[\s/>]", (tmp_path / "page.pdf").read_bytes())
    assert set(names) == {b"XC-Song", b"XC-Kai", b"XC-Song-Ext", b"XC-Fang"}
