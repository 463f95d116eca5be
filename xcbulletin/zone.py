"""The zone that editors and readers live in, whatever the machine is set to; and sources that name none."""

from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
