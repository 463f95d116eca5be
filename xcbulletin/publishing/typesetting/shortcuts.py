"""Shortcuts through WeasyPrint 70: the same pages, byte for byte, in less time.

What is asked for again and again is worked out once:

- the fonts and features of a style: of the 5,000 text layouts of a bulletin nearly all share one of thirty;
- the height of a line of a style;
- the narrowest width of a text: Chinese breaks nearly everywhere, and to find the next break all the text after it
  was laid out, again and again where boxes stand in a grid or a table;
- lengths that depend on no other box;
- properties that nobody set: the fifty that nearly every style is asked for are there before it is;
- the styles of pages and margin boxes, which one page after another has anew.

And what nobody asks for is not worked out at all: the styles of markers and calls that every element might have.

Call `install()` once, before documents are rendered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias

from weasyprint import css
from weasyprint.css.functions import check_math
from weasyprint.formatting_structure import boxes
from weasyprint.layout import absolute, block, column, grid, inline, page, percent, preferred, table
from weasyprint.layout import float as floating
from weasyprint.text import line_break
from weasyprint.text.constants import LST_TO_ISO, PANGO_DIRECTION
from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description

from xcbulletin.publishing.typesetting.version import is_known

Box: TypeAlias = Any
Layout: TypeAlias = Any
Style: TypeAlias = Any
Split: TypeAlias = tuple[Any, ...]

# Text layouts

_FEATURES = (
    "font_kerning",
    "font_variant_ligatures",
    "font_variant_position",
    "font_variant_caps",
    "font_variant_numeric",
    "font_variant_alternates",
    "font_variant_east_asian",
    "font_feature_settings",
)
_SETTING = (
    "font_style",
    "font_stretch",
    "font_weight",
    "font_size",
    "font_variation_settings",
    *_FEATURES,
    "direction",
    "lang",
    "font_language_override",
)
"""What a layout is set up by, besides the families."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Setting:
    """What the layouts of a style have in common, as Pango's own objects."""

    context: Any
    language: Any
    font: Any
    features: Any
    """An attribute, or None."""


def set_up(layout: Layout, style: Style) -> None:
    """Set a layout up as WeasyPrint does, from what layouts of such a style share."""
    if style["text_decoration_line"] != "none":
        _set_up(layout, style)
        return
    setting = _setting(style)
    layout.style, layout.first_line_direction = style, 0
    layout.language = setting.language
    layout.ascent = layout.underline_position = layout.strikethrough_position = None
    layout.layout = ffi.gc(pango.pango_layout_new(setting.context), gobject.g_object_unref)
    pango.pango_layout_set_auto_dir(layout.layout, False)
    pango.pango_layout_set_font_description(layout.layout, setting.font)
    if setting.features is not None:
        # A list of its own, to which the text will add. Like WeasyPrint's it is never freed: the attribute is shared.
        attributes = pango.pango_attr_list_new()
        pango.pango_attr_list_insert(attributes, setting.features)
        pango.pango_layout_set_attributes(layout.layout, attributes)


def _setting(style: Style) -> _Setting:
    if "setting" not in style.__dict__:
        settings: dict[Any, _Setting] = style.font_config.__dict__.setdefault("settings", {})
        key = _values(style, _SETTING)
        if key not in settings:
            settings[key] = _new_setting(style)
        style.setting = settings[key]
    setting: _Setting = style.setting
    return setting


def _values(style: Style, names: tuple[str, ...]) -> tuple[Any, ...]:
    # Drawings name their families in a list, which is no key.
    return (tuple(style["font_family"]), *[style[name] for name in names])


def _new_setting(style: Style) -> _Setting:
    context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
    override = style["font_language_override"]
    name = style["lang"] if override == "normal" else LST_TO_ISO.get(override.lower(), override)
    language = pango.pango_language_get_default()
    if name:
        language = pango.pango_language_from_string(unicode_to_char_p(name)[0])
        pango.pango_context_set_language(context, language)
    font = get_font_description(style)
    return _Setting(context=context, language=language, font=font, features=_features(style))


def _features(style: Style) -> Any:
    features = font_features(*(style[name] for name in _FEATURES))
    if not features:
        return None
    text = ",".join(f"{key} {value}" for key, value in features.items()).encode()
    return style.font_config.font_features.setdefault(text, pango.pango_attr_font_features_new(text))


# Narrowest and widest widths

_WRAPPING = (
    *_SETTING,
    "white_space",
    "letter_spacing",
    "word_spacing",
    "overflow_wrap",
    "word_break",
    "hyphens",
    "hyphenate_character",
    "hyphenate_limit_chars",
    "hyphenate_limit_zone",
    "tab_size",
)
"""What decides how much of a text a line takes, besides the families."""
_START, _SURE = 12, 6  # characters


def split_for_width(
    text: str, style: Style, context: Any, max_width: float | None, spacing: float, **options: bool
) -> Split:
    """Split a line off as WeasyPrint does, for its width only: where it ends, and how wide it is.

    At its narrowest a line ends where it may, and the text after that does not matter.
    """
    known = _known_widths(style, (max_width, spacing, *options.values()))

    def split(text: str) -> Split:
        if text not in known:
            _, length, resume_at, width, _, _ = _split_first_line(
                text, style, context, max_width, spacing, **options
            )
            known[text] = (None, length, resume_at, width, None, None)
        return known[text]

    start = text[:_START]
    if max_width == 0 and start != text and " " not in start:
        found = split(start)
        if found[2] is not None and found[2] <= len(start[:_SURE].encode()):
            return found
    return split(text)


def _known_widths(style: Style, asked: tuple[Any, ...]) -> dict[str, Split]:
    """Return what was found out about texts of such a style, for `split_for_width` to add to."""
    own: dict[Any, dict[str, Split]] = style.__dict__.setdefault("widths", {})
    if asked not in own:
        shared: dict[Any, dict[str, Split]] = style.font_config.__dict__.setdefault("widths", {})
        own[asked] = shared.setdefault((asked, *_values(style, _WRAPPING)), {})
    return own[asked]


# Properties that nobody set


def _logical_names(physical: str) -> Iterator[str]:
    """Yield the names by which a physical property may be set as well: `margin_inline_start`."""
    for direction in ("ltr", "rtl"):
        yield css.PHYSICAL_FUNCTIONS[physical](block="ttb", inline=direction)


_DERIVED = {"float", "display", "position", "page"} | {
    name for name in css.INITIAL_VALUES if name.startswith("text_decoration_")
}
_INITIAL = {
    name: css.INITIAL_VALUES[name]
    for name in set(css.INITIAL_VALUES) - _DERIVED - css.INHERITED - css.INITIAL_NOT_COMPUTED
}
_INHERITED = css.INHERITED - _DERIVED - set(css.PHYSICAL_FUNCTIONS)
_PHYSICAL = frozenset(css.PHYSICAL_FUNCTIONS)
_LOGICAL = frozenset(name for physical in _PHYSICAL for name in _logical_names(physical))
_RULES = {
    f"{rule}_width": f"{rule}_style"
    for rule in ("outline", "border_top", "border_right", "border_bottom", "border_left")
}
_SIDES = ("top", "right", "bottom", "left")
_USUAL = (
    *(f"{limit}{axis}" for limit in ("", "min_", "max_") for axis in ("width", "height")),
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES),
    *(f"border_{side}_style" for side in _SIDES),
    *(f"border_{edge}_{side}_radius" for edge in ("top", "bottom") for side in ("left", "right")),
    *("background_image", "background_color", "border_image_source", "mask_border_source", "box_shadow"),
    *("outline_style", "outline_offset", "outline_color", "appearance", "opacity", "transform", "overflow"),
    *("counter_reset", "counter_increment", "counter_set", "string_set", "anchor", "image_orientation"),
    *("bookmark_level", "bookmark_state", "box_decoration_break"),
)
"""What nearly every style is asked for and few set: how it is then initially."""
_UNSET = {name: _INITIAL[name] for name in _USUAL} | dict.fromkeys(_RULES, 0)
_HANDED_DOWN = {name: css.INITIAL_VALUES[name] for name in _INHERITED - css.INITIAL_NOT_COMPUTED}
"""What elements inherit where nobody set it."""


def _deciding(name: str) -> set[str]:
    """Return the properties of which none may be set where one of `_UNSET` is as it is there."""
    names = {name, _RULES.get(name, name)}
    return names.union(*map(_logical_names, names & _PHYSICAL))


_DECIDED: dict[str, list[str]] = {}
for _name in _UNSET:
    for _deciding_name in _deciding(_name):
        _DECIDED.setdefault(_deciding_name, []).append(_name)


def new_style(style: Style, parent: Style, cascaded: Mapping[str, Any], *rest: Any) -> None:
    """Make the style of an element as WeasyPrint does, and put in what it is asked for and nobody set."""
    _new_style(style, parent, cascaded, *rest)
    handed_down = _HANDED_DOWN if parent is None else parent.handed_down
    if not handed_down.keys().isdisjoint(cascaded):
        handed_down = {name: value for name, value in handed_down.items() if name not in cascaded}
    style.handed_down = handed_down
    if parent is not None:
        style.update(_UNSET)
        for name in _DECIDED.keys() & cascaded.keys():
            for decided in _DECIDED[name]:
                style.pop(decided, None)
        style.update(handed_down)


def new_anonymous_style(style: Style, parent: Style) -> None:
    """Make the style of an anonymous box as WeasyPrint does, and put in what it is asked for: nothing is set in it."""
    _new_anonymous_style(style, parent)
    style.handed_down = parent.handed_down
    style.update(_UNSET)
    style.update(style.handed_down)


def computed_value(style: Style, name: str) -> Any:
    """Compute a property as WeasyPrint does; one that nobody set is inherited, or what it is initially."""
    parent = style.parent_style
    if parent is None or _is_set(style.cascaded, name):
        return _computed_value(style, name)
    if name in _INITIAL:
        value = style[name] = _INITIAL[name]
        return value
    if name in _INHERITED and not check_math(value := parent[name]):
        style[name] = value
        return value
    if name in _RULES and style[_RULES[name]] == "none":
        style[name] = 0
        return 0
    return _computed_value(style, name)


def _is_set(cascaded: Mapping[str, Any], name: str) -> bool:
    return name in cascaded or (name in _PHYSICAL and not _LOGICAL.isdisjoint(cascaded))


# Lengths

_LENGTHS = (
    *(f"margin_{side}" for side in _SIDES),
    *(f"padding_{side}" for side in _SIDES),
    *(f"{limit}{axis}" for limit in ("", "min_", "max_") for axis in ("width", "height")),
)
_OTHER_LENGTHS = ("border_collapse", "box_sizing", *(f"border_{side}_width" for side in _SIDES))
_ANY_BLOCK = (0, 0)


def resolve_percentages(box: Box, containing_block: Any) -> None:
    """Set the used lengths of a box as WeasyPrint does; most styles have none that depend on another box."""
    style = box.style
    if "fixed" not in style.__dict__:
        style.fixed = _fixed_lengths(style)
    if style.fixed is None:
        _resolve_percentages(box, containing_block)
    else:
        box.__dict__.update(style.fixed)


def _fixed_lengths(style: Style) -> dict[str, Any] | None:
    """Return the used lengths of a style, as boxes name them, or None where they are not always the same."""
    known: dict[Any, dict[str, Any] | None] = style.font_config.__dict__.setdefault("lengths", {})
    lengths = [style[name] for name in _LENGTHS]
    key = (*lengths, *[style[name] for name in _OTHER_LENGTHS])
    if key not in known:
        is_fixed = style["border_collapse"] != "collapse" and all(map(_is_fixed, lengths))
        known[key] = _used_lengths(style) if is_fixed else None
    return known[key]


def _is_fixed(length: Any) -> bool:
    return length == "auto" or getattr(length, "unit", None) == "px"


def _used_lengths(style: Style) -> dict[str, Any]:
    box = SimpleNamespace(style=style)
    _resolve_percentages(box, _ANY_BLOCK)
    del box.style
    return vars(box)


# Flow


def is_in_normal_flow(box: Box) -> bool:
    """Tell whether a box is in normal flow as WeasyPrint does; nearly every box that is asked is neither moved nor afloat."""
    style = box.style
    if style["float"] == "none" and style["position"] in ("static", "relative"):
        return True
    return bool(_is_in_normal_flow(box))


# Line heights


def strut(style: Style) -> tuple[float, float]:
    """Return the height and baseline of lines as WeasyPrint does, which spells out the style to look them up."""
    if "strut" not in style.__dict__:
        style.strut = _strut(style)
    found: tuple[float, float] = style.strut
    return found


# Styles that every element might have

_MARKS = ("marker", "footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback")
"""WeasyPrint's own style sheet has rules for these that match everything, and hardly an element has one."""


def set_computed_styles(
    styles: Any, element: Any, parent: Any, *arguments: Any, pseudo_type: str | None = None, **options: Any
) -> None:
    """Compute a style as WeasyPrint does; that of a mark only when `style_for` asks for it."""
    key = (element, pseudo_type)
    if isinstance(element, page.PageType):
        _set_page_styles(styles, key, parent, *arguments, **options)
        return
    if pseudo_type not in _MARKS or key not in styles.get_cascaded_styles():
        _set_computed_styles(styles, element, parent, *arguments, pseudo_type=pseudo_type, **options)
        return
    waiting = styles.__dict__.setdefault("waiting", {})
    waiting[key] = (styles.get_cascaded_styles()[key], parent, options)


def _set_page_styles(
    styles: Any, key: tuple[Any, str | None], parent: Any, *arguments: Any, **options: Any
) -> None:
    """Compute the style of a page or of a margin box, or take that of another page with the same declarations."""
    known: dict[Any, Style] = styles.__dict__.setdefault("page_styles", {})
    computed = styles.get_computed_styles()
    declared = styles.get_cascaded_styles().get(key, {})
    same = (
        id(computed[parent, None]),
        key[1],
        styles.initial_page_sizes["box"] is None,
        *((name, id(value), repr(weight)) for name, (value, weight) in declared.items()),
    )
    if same not in known:
        _set_computed_styles(styles, key[0], parent, *arguments, pseudo_type=key[1], **options)
        known[same] = computed[key]
    computed[key] = known[same]


def style_for(styles: Any, element: Any, pseudo_type: str | None = None) -> Style:
    """Return the style of an element or of a mark of it, as WeasyPrint does."""
    key = (element, pseudo_type)
    if pseudo_type in _MARKS and key in styles.__dict__.get("waiting", ()):
        cascaded, parent, options = styles.waiting.pop(key)
        styles.get_cascaded_styles()[key] = cascaded
        _set_computed_styles(styles, element, parent, pseudo_type=pseudo_type, **options)
        del styles.get_cascaded_styles()[key]
    return _style_for(styles, element, pseudo_type)


_set_up: Any = line_break.Layout.setup
_split_first_line: Any = preferred.split_first_line
_resolve_percentages: Any = percent.resolve_percentages
_is_in_normal_flow: Any = boxes.Box.is_in_normal_flow
_strut: Any = line_break.strut
_new_style: Any = css.ComputedStyle.__init__
_new_anonymous_style: Any = css.AnonymousStyle.__init__
_computed_value: Any = css.ComputedStyle.__missing__
_set_computed_styles: Any = css.StyleFor.set_computed_styles
_style_for: Any = css.StyleFor.__call__


def install() -> bool:
    """Teach WeasyPrint 70 the shortcuts; return whether it could be done.

    Any other version is left as it is.
    """
    if not is_known("pages take longer"):
        return False
    line_break.Layout.setup = set_up
    preferred.split_first_line = split_for_width
    for module in (absolute, block, column, floating, grid, inline, page, percent, table):
        module.resolve_percentages = resolve_percentages
    boxes.Box.is_in_normal_flow = is_in_normal_flow
    inline.strut = strut
    css.ComputedStyle.__init__ = new_style
    css.AnonymousStyle.__init__ = new_anonymous_style
    css.ComputedStyle.__missing__ = computed_value
    css.StyleFor.set_computed_styles = set_computed_styles
    css.StyleFor.__call__ = style_for
    return True
