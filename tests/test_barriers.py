import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.items import Outcome
from xcbulletin.collecting.reading.barriers import barrier, is_html


def page(body: str, title: str = "", head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


WALLS = [
    (
        "加速乐",
        page(
            "",
            head="<script>document.cookie='__jsl_clearance_s=1|2';location.href=location.pathname</script>",
        ),
    ),
    ("Cloudflare", page("<p>Enable JavaScript and cookies to continue</p>", title="Just a moment...")),
    ("Cloudflare", page("<script>window._cf_chl_opt={}</script>", title="安全检查")),
    (
        "瑞数",
        page(
            "",
            head='<meta id="9DhefwqGPrzGxEp9hPaoag"><script>$_ts=window["$_ts"];if(!$_ts)$_ts={};$_ts.nsd=1</script>',
        ),
    ),
    (
        "阿里云防火墙",
        "<html><script>var arg1='ABC';function f(){document.cookie='acw_sc__v2=1'}</script></html>",
    ),
    ("创宇盾", page("<h1>当前访问疑似黑客攻击，已被创宇盾拦截</h1>")),
    (
        "安全狗",
        page(
            "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p><a href='http://www.safedog.cn'>网站安全狗</a>"
        ),
    ),
    ("宝塔防火墙", page("宝塔防火墙正在检查您的访问", title="检测中")),
    ("滑块验证", '<html><script src="/_guard/html.js?js=slider_html"></script></html>'),
    ("百度安全验证", page("<div></div>", title="百度安全验证")),
]


@pytest.mark.parametrize(("name", "html"), WALLS)
def test_walls_are_known_by_name(name: str, html: str):
    found = barrier(html, "text/html")
    assert found is not None
    assert found[0] is Outcome.BLOCKED
    assert found[1].startswith(f"被{name}拦截")


@pytest.mark.parametrize(
    ("html", "outcome", "detail"),
    [
        ("", Outcome.EMPTY, "内容为空"),
        (" \n\ufeff"[:2], Outcome.EMPTY, "内容为空"),
        (
            page("<p>您的访问过于频繁，请稍后再试</p>"),
            Outcome.BLOCKED,
            "网站要求验证或拒绝访问（“访问过于频繁”）",
        ),
        (
            page("<p>请输入验证码以继续</p><input name=code>"),
            Outcome.BLOCKED,
            "网站要求验证或拒绝访问（“请输入验证码”）",
        ),
        (
            page("<p>x</p>", title="403 Forbidden"),
            Outcome.BLOCKED,
            "网站要求验证或拒绝访问（“403 Forbidden”）",
        ),
        (
            page("<p>拖动滑块</p>", title="滑动验证页面"),
            Outcome.BLOCKED,
            "网站要求验证或拒绝访问（“滑动验证页面”）",
        ),
        (
            page('<input name=u><input type="password">', title="用户登录"),
            Outcome.LOGIN,
            "得到的是登录页（“用户登录”）",
        ),
        (
            page("<p>扫码</p>", title="统一身份认证平台"),
            Outcome.LOGIN,
            "得到的是登录页（“统一身份认证平台”）",
        ),
        (page("<p>请先登录后查看</p>"), Outcome.LOGIN, "网站要求登录（“请先登录”）"),
        (
            page('<input type=password><script src="/eportal/InterFace.do"></script>'),
            Outcome.LOGIN,
            "被上网认证页截住",
        ),
        (
            page("<script>top.self.location.href='http://10.1.1.1/eportal/index.jsp?wlan'</script>"),
            Outcome.LOGIN,
            "被上网认证页截住",
        ),
        (page("<h1>网站正在维护，请稍后访问</h1>"), Outcome.LATER, "网站维护中（“网站正在维护”）"),
        (page("<h1>系统升级维护中</h1>"), Outcome.LATER, "网站维护中（“系统升级维护中”）"),
        (page("<h1>该网站已关闭</h1>"), Outcome.GONE, "网站已关闭或域名已失效（“网站已关闭”）"),
        (page("<p>此域名正在出售</p>"), Outcome.GONE, "网站已关闭或域名已失效（“域名正在出售”）"),
        (
            page('<div id="app"></div><script src="/app.js"></script>', title="某部门户"),
            Outcome.UNREADABLE,
            "网页只有脚本，没有文字，内容要由浏览器运行脚本才有（“某部门户”）",
        ),
        (
            page("<noscript>请开启JavaScript并刷新该页.</noscript><script>eval(1)</script>"),
            Outcome.BLOCKED,
            "网站要求验证或拒绝访问（“请开启JavaScript并刷新”）",
        ),
        (
            page("网站防护正在检查您的浏览器，请稍候", title="检测中"),
            Outcome.BLOCKED,
            "网站要求验证或拒绝访问（“正在检查您的浏览器”）",
        ),
        (
            page("", head='<meta http-equiv=refresh content="0;url=http://10.1.1.1/portal/login?userip=1">'),
            Outcome.LOGIN,
            "被上网认证页截住（“http://10.1.1.1/portal/login?userip=1”）",
        ),
        (
            page("正在跳转", head="<meta content='1; URL=/user/login.html' http-equiv='Refresh'>"),
            Outcome.LOGIN,
            "网页转到登录页（“/user/login.html”）",
        ),
        (
            page("<script>window.location.replace('https://sso.example.cn/cas?service=x')</script>"),
            Outcome.LOGIN,
            "网页转到登录页（“https://sso.example.cn/cas?service=x”）",
        ),
        (
            page("抱歉，您访问的页面不存在", title="404 Not Found"),
            Outcome.HTTP,
            "网页说没有这个页面，状态码却是 200（“404 Not Found”）",
        ),
        (
            page("<h1>您要找的文章已被删除</h1>"),
            Outcome.HTTP,
            "网页说没有这个页面，状态码却是 200（“文章已被删除”）",
        ),
        ('{"code":401,"msg":"登录已过期"}', Outcome.LOGIN, "网站要求登录（“登录已过期”）"),
        ('{"code":-1,"message":"操作过于频繁"}', Outcome.BLOCKED, "网站要求验证或拒绝访问（“操作过于频繁”）"),
        ('{"code":403,"msg":"禁止访问"}', Outcome.BLOCKED, "网站要求验证或拒绝访问（“禁止访问”）"),
        ("Too Many Requests", Outcome.BLOCKED, "网站要求验证或拒绝访问（“Too Many Requests”）"),
    ],
)
def test_what_stands_in_the_way_has_a_name(html: str, outcome: Outcome, detail: str):
    assert barrier(html, "text/html") == (outcome, detail)


ARTICLE = (
    "今年以来多地推广新的验证码技术。某网站访问过于频繁时，用户请输入验证码后才能登录；专家说，网站维护期间会暂停服务。"
    * 20
)


@pytest.mark.parametrize(
    "text",
    [
        page(f"<h1>验证码为何越来越难</h1><p>{ARTICLE}</p>", title="验证码为何越来越难_某网"),
        page(f"<p>{ARTICLE}</p><form><input type=password></form>", title="首页"),
        page(f"<p>{ARTICLE}</p><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
        page(
            "<ul>" + "".join(f"<li><a href='/{n}'>第{n}条通知</a></li>" for n in range(5)) + "</ul>",
            title="通知公告",
        ),
        page(
            "<ul><li><a href=/1>关于开展网络安全检查工作的通知</a></li><li><a href=/2>统一认证平台招标公告</a></li></ul>"
        ),
        page(
            "<p>您好，请登录 注册</p>"
            + "".join(f"<a href='/{n}'>关于系统升级维护的公告</a>" for n in range(15))
        ),
        page("<p>产品 404 系列</p><script>location.href='/login'</script>" + ARTICLE, title="404 系列发布"),
        page(
            "<ul><li><a href=/2021/1.html>第一条</a></li></ul>",
            head='<meta http-equiv=refresh content="600">',
        ),
        page(
            "<ul><li><a href=/1>一</a></li></ul>", head='<meta http-equiv=refresh content="0;url=/index2/">'
        ),
        page(
            "<ul><li><a href=/1>关于公布第四批省级中试基地名单的公告</a></li><li><a href=/2>许昌市工业和信息化局关于组织申报"
            "绿色工厂的通知</a></li><li><a href=/3>许昌市科技局关于组织申报重点专项的通知</a></li></ul>"
            "<i onclick=\"location.href='/login'\">登录</i>"
        ),
        "<rss><channel><item><title>请输入验证码</title></item></channel></rss>",
        '<?xml version="1.0"?><feed><entry><title>访问过于频繁的网站正在维护</title></entry></feed>',
        '<?xml version="1.0"?><!-- <html> --><rss version="2.0"></rss>',
        '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"电力月报"}]}',
        '[{"title":"铝价"}]',
    ],
)
def test_articles_lists_and_feeds_are_no_barrier(text: str):
    assert barrier(text, "") is None


def test_markup_in_a_comment_makes_no_page_of_a_feed():
    assert not is_html('<?xml version="1.0"?><!-- <html> --><rss version="2.0"></rss>')


@pytest.mark.skipif(not CORPUS.exists(), reason="real feeds are not there")
def test_no_real_feed_is_a_barrier():
    for path in (CORPUS / "feeds").rglob("*.xml"):
        assert barrier(path.read_text(encoding="utf-8"), "application/xml") is None, path.name


@given(st.text(), st.sampled_from(["", "text/html", "application/xml", "\x00"]))
def test_any_text_is_looked_at(text: str, content_type: str):
    barrier(text, content_type)
    barrier(f"<html><title>{text}", content_type)
