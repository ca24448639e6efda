package demo

import (
	"fmt"
	"io"

	"jiebang/internal/when"
)

// Welcome tells a newcomer where to look and what to try first.
func Welcome(w io.Writer, url, mails string, today when.Day) {
	fmt.Fprintf(w, `
  揭榜演示已启动 The demo is running

  打开网站 open             %[1]s/
  接口说明 API reference    %[1]s/docs/
  接口描述 description      %[1]s/openapi.yaml

  演示账号 accounts, all with the password %[2]s
    zhou.wangshu   运营方 operator of the bureau                       jin.shuhan    another, who confirms what one alone may not do
    lin.yanzhou    盛北理工大学 university: drafts and submits        bai.mingxuan  its second pair of eyes
    guan.tiefeng   辽浑智造装备 enterprise: posts needs               qi.ruolan     its second pair of eyes
    he.qinghe      合同登记员 registrar, first review                 du.nianci     registrar, second review
    shu.zhiyuan    合同登记员 registrar, enters what comes on paper
    gu.yanxi       技术经纪人 broker: mandates, introductions, commissions

  看一次匹配 See a match: the newest open need and the results and teams that answer it
    need=$(curl -s '%[1]s/v1/needs?limit=1' | grep -o '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
    curl -s "%[1]s/v1/needs/$need" && echo && curl -s "%[1]s/v1/needs/$need/matches?limit=3"

  看站内消息 See what people are told: as ke.wenyuan, GET %[1]s/v1/inbox and %[1]s/v1/saved-searches
  看揭榜大厅 See the challenges that take bids: curl -s '%[1]s/v1/hall'
  看成交额 See the turnover: curl -s '%[1]s/v1/turnover?from=%[3]s&to=%[4]s&by=quarter'
  邮件 Mails are not sent; they lie in %[5]s

  Ctrl-C 结束 ends it.

`, url, Password, today.Month().AddMonths(-12).First(), today.Month().Last(), mails)
}
