# 在一台新的 Debian 12 上：apt-get install -y make git，然后 make demo。
# 真正的步骤在 scripts/setup.sh 里；每一步都可以重复运行，做过的不会再做。

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test gallery system venv dev fonts clean

BIN := .venv/bin
ISSUE ?= 2021-03

help: ## 显示这份说明
	@echo "用法：make 目标"
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST)

demo: fonts ## 从零做出示例成刊（ISSUE=2021-03）
	$(BIN)/xcbulletin build $(ISSUE)
	@echo "做好了，文件在这里："
	@find "$(CURDIR)/build/$(ISSUE)" -maxdepth 1 -type f | sort | sed 's/^/  /'

test: dev fonts ## 全部检查：格式、类型、层次、测试
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

gallery: dev fonts ## 排出版样，说出与认可的版面有何不同；APPROVE=1 认可现在的版面
	@PYTHONPATH=tests $(BIN)/python -m gallery build/gallery $(if $(APPROVE),--approve)

system: ## 安装缺少的系统软件包（需要 root 或 sudo）
	@scripts/setup.sh system

venv: system ## 建立 .venv 并安装 xcbulletin
	@scripts/setup.sh venv

dev: ## 同上，另加测试所需的一切
	@scripts/setup.sh system dev
	@scripts/setup.sh venv dev

fonts: venv ## 准备排版字体（每台机器一次，约一分钟）
	$(BIN)/xcbulletin fonts

clean: ## 删除 build、.venv 和各种缓存（字体保留）
	rm -rf build .venv tests/web/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
