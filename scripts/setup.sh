#!/usr/bin/env bash
# What `make` needs on a fresh machine:   setup.sh system [dev]   setup.sh venv [dev]
# Both may be run again at any time; what is there already is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

LIBRARIES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0)
TEST_TOOLS=(poppler-utils)

main() {
    case "${1:-} ${2:-}" in
    "system ") system ;;
    "system dev")
        system "${TEST_TOOLS[@]}"
        browser
        database_server
        mail_server
        page_checkers
        ;;
    "venv ") venv "" ;;
    "venv dev")
        venv dev
        page_rules
        ;;
    *) fail "用法：scripts/setup.sh system|venv [dev]" "usage: scripts/setup.sh system|venv [dev]" ;;
    esac
}

# Install the packages that are missing: the libraries, Python's venv, and those named.
system() {
    [[ -z ${XCBULLETIN_SYSTEM_READY:-} ]] || return 0
    require_debian
    local missing=()
    for package in "${LIBRARIES[@]}" "$@"; do
        installed "$package" || missing+=("$package")
    done
    can_make_venv || missing+=(python3 python3-venv)
    [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

require_debian() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || fail \
        "这不是 Debian 或 Ubuntu。请自行安装 Python 3.11 以上（含 venv）、Pango 1.44 以上、HarfBuzz（含 subset），再设 XCBULLETIN_SYSTEM_READY=1；字体请在一台 Debian 12 上做好（xcbulletin fonts），用 XCBULLETIN_FONTS 指明。" \
        "Not Debian or Ubuntu: install Python 3.11+ with venv, Pango 1.44+ and HarfBuzz with subset yourself, set XCBULLETIN_SYSTEM_READY=1, and point XCBULLETIN_FONTS at fonts prepared on Debian 12."
}

installed() {
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

can_make_venv() {
    base_python -c 'import ensurepip, venv' 2>/dev/null
}

# The system's Python before any other on the PATH: Debian's is built for speed, those of pyenv or conda often are not.
base_python() {
    local chosen=/usr/bin/python3
    "$chosen" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || chosen=python3
    "$chosen" "$@"
}

# For screenshots; the tests that want it are skipped without it.
browser() {
    [[ -z ${XCBULLETIN_SYSTEM_READY:-} ]] || return 0
    command -v chromium chromium-browser google-chrome >/dev/null && return 0
    ( install_packages chromium ) || echo "提示：装不上 chromium，需要它的测试会跳过。"
}

# The tests start servers of their own; without the programs, their PostgreSQL half is skipped.
database_server() {
    [[ -z ${XCBULLETIN_SYSTEM_READY:-} ]] || return 0
    ! compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || return 0
    # Debian would make a database and keep it running.
    local refusal=/etc/postgresql-common/createcluster.d/xcbulletin-tests.conf
    (
        as_root mkdir -p "${refusal%/*}"
        echo "create_main_cluster = false" | as_root tee "$refusal" >/dev/null
        trap 'as_root rm -f "$refusal"' EXIT
        install_packages postgresql
    ) || echo "提示：装不上 PostgreSQL，需要它的测试会跳过。"
}

# The tests start a postfix of their own; without it they are skipped. One without a main.cf is never started.
mail_server() {
    [[ -z ${XCBULLETIN_SYSTEM_READY:-} ]] || return 0
    ! command -v /usr/sbin/postfix >/dev/null || return 0
    (
        echo "postfix postfix/main_mailer_type select No configuration" | as_root debconf-set-selections
        install_packages postfix
    ) || echo "提示：装不上 postfix，需要它的测试会跳过。"
}

# What judges pages runs on node and Java; tests that want one of them are skipped without it.
page_checkers() {
    [[ -z ${XCBULLETIN_SYSTEM_READY:-} ]] || return 0
    local missing=()
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    command -v java >/dev/null || missing+=(default-jre-headless)
    [[ ${#missing[@]} -eq 0 ]] || ( install_packages "${missing[@]}" ) ||
        echo "提示：装不上 ${missing[*]}，检查网页是否合标准、无障碍的测试会跳过。"
}

# axe-core, html-validate and the Nu checker, as tests/web/package-lock.json has them; again only when that changes.
page_rules() {
    local wanted made=tests/web/node_modules/made-for
    wanted=$(sha256sum <tests/web/package-lock.json)
    [[ $(cat "$made" 2>/dev/null) != "$wanted" ]] || return 0
    echo "安装检查网页的软件包……"
    if (cd tests/web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null); then
        echo "$wanted" >"$made"
    else
        echo "提示：装不上 tests/web 的软件包，检查网页是否合标准、无障碍的测试会跳过。"
    fi
}

install_packages() {
    [[ $EUID -eq 0 ]] || command -v sudo >/dev/null || fail \
        "缺少系统软件包，需要管理员安装。请以 root 运行：apt-get update && apt-get install -y $*" \
        "Packages are missing. As root run: apt-get update && apt-get install -y $*"
    echo "安装系统软件包：$*"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# Make .venv and install ourselves in it, editable; again only when pyproject.toml has changed.
venv() {
    local extra=$1 wanted
    base_python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail \
        "需要 Python 3.11 以上，这里是 $(base_python -V 2>&1)。" "Python 3.11 or newer is needed."
    usable || make_venv
    wanted=$(sha256sum <pyproject.toml)
    ! installed_in_venv "$wanted" "$extra" || return 0
    echo "安装 Python 软件包（第一次需要几分钟）……"
    .venv/bin/python -m pip install -q --disable-pip-version-check -e ".${extra:+[$extra]}"
    echo "$wanted" >".venv/installed${extra:+-$extra}"
}

# A .venv that was moved, or whose Python is gone or another one, has to be made again.
usable() {
    [[ -x .venv/bin/python && $(cat .venv/made-for 2>/dev/null) == "$(place)" ]]
}

make_venv() {
    echo "建立 .venv"
    base_python -m venv --clear .venv
    place >.venv/made-for
}

place() {
    base_python -c 'import os, sys; print(sys.version, sys.base_prefix, os.getcwd())'
}

# An installation with the extras has everything that one without has.
installed_in_venv() {
    local wanted=$1 extra=$2
    [[ $(cat .venv/installed-dev 2>/dev/null) == "$wanted" ]] ||
        [[ -z $extra && $(cat .venv/installed 2>/dev/null) == "$wanted" ]]
}

fail() {
    printf '错误：%s\nError: %s\n' "$1" "$2" >&2
    exit 1
}

main "$@"
