"""The printing fonts: found or missed, what they cover, and what the real ones can do."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xcbulletin.errors import FontError
from xcbulletin.publishing.typefaces import typefoundry
from xcbulletin.publishing.typefaces.fonts import (
    FAMILIES,
    FontSet,
    fonts_directory,
    load_fonts,
    recipe_digest,
)

CORE_FACES = ("XCSong-Regular", "XCSong-Bold", "XCHei-Regular", "XCHei-Bold", "XCKai-Regular")
ALL_FACES = (*CORE_FACES, "XCSongExt-Regular", "XCHeiExt-Regular")


def make_fonts(folder: Path, coverage: dict[str, list[list[int]]] | None = None) -> Path:
    """Lay out a folder as the foundry does, with a font that is none."""
    folder.mkdir(parents=True)
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
    ):
        assert f"<family>{generic}</family><prefer><family>{family}</family>" in content


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
        commands, "apt-get", "echo wrong > fonts-noto-cjk_1_all.deb; echo wrong > fonts-lxgw-wenkai_1_all.deb"
    )
    wrong = hashlib.sha256(b"wrong\n").hexdigest()
    assert prepare_and_fail(tmp_path / "fonts") == (
        f"软件包 {typefoundry.NOTO.pinned} 与登记的不符：SHA-256 应为 {typefoundry.NOTO.sha256}，实为 {wrong}。"
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


def test_the_licence_is_the_notice_and_the_text_of_the_debian_file() -> None:
    debian = (
        "Format: https://example.org\n\nFiles: *\nCopyright: 2020 A Designer\nLicense: OFL-1.1\n\n"
        "Files: debian/*\nLicense: GPL-3+\n\n"
        "License: OFL-1.1\n SIL OPEN FONT LICENSE\n .\n PREAMBLE\n .\n\nLicense: GPL-3+\n Other words\n"
    )
    assert typefoundry._licence(debian, typefoundry.WENKAI) == (
        f"Fonts cut from Debian's {typefoundry.WENKAI.pinned}; the original is under:\n\n"
        "Files: *\nCopyright: 2020 A Designer\nLicense: OFL-1.1\n\nSIL OPEN FONT LICENSE\n\nPREAMBLE\n"
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
        assert "SIL Open Font License" in font["name"].getDebugName(13)


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


@pytest.mark.parametrize("family", ["XC Song", "XC Hei", "XC Kai"])
def test_every_family_covers_gb2312_and_what_a_bulletin_prints(real: FontSet, family: str) -> None:
    hanzi = "".join(character for character in gb2312() if "\u4e00" <= character <= "\u9fff")
    assert len(hanzi) == 6763
    assert real.missing(hanzi + "镕喆堃昇", (family,)) == ()
    assert real.missing("①⑳㊿ⅠⅫ℃㎡‰²₂₉⁰⁹×÷±≤≥→■●○√ÀéüΩαЖя─│あア、。《》（）％￥", (family,)) == ()


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
    with pytest.raises(FontError, match="没有名为“XCFangSong-Regular”的字体"):
        real.subset("XCFangSong-Regular", "情报")


def test_the_checksums_are_true_and_the_licences_are_there(real: FontSet) -> None:
    for line in (real.directory / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((real.directory / name).read_bytes()).hexdigest() == digest
    for package in ("fonts-noto-cjk", "fonts-lxgw-wenkai"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in (real.directory / f"OFL-{package}.txt").read_text()


def test_a_printed_page_embeds_our_fonts_only(real: FontSet, tmp_path: Path) -> None:
    page = "<p style='font-family: Arial, Nonsense'>情报 brief</p><p style='font-family: cursive'>“编者的话”繁體 字</p>"
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
    assert set(names) == {b"XC-Song", b"XC-Kai", b"XC-Song-Ext"}
