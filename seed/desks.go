package seed

import (
	"context"
	"fmt"
	"io"
)

// desks are projects of today that wait at the desks of the people whom a newcomer tries out first, so that each
// finds something to do. They lie outside the half-year of the demo data, whose figures stay.
var desks = []struct{ mark, name string }{
	{"p1_leader", "社区网格化管理平台"},
	{"p2_check", "公共资源交易见证系统"},
	{"p3_draw", "农产品质量追溯平台"},
	{"p3_opinion", "智慧养老服务平台"},
	{"p4_sheet", "不动产登记档案数字化"},
	{"p4_cross", "林长制巡护信息系统"},
	{"p5_joint", "医疗废物在线监管系统"},
	{"p5_director", "校车安全监控平台"},
	{"p6_check", "文物安防监测系统"},
	{"p8_report", "河湖水质在线监测系统"},
	{"p9_prelim_prepare", "退役军人服务管理系统"},
	{"p12_collect", "应急广播平台升级"},
}

// Desks plays a project to each desk and tells what waits where.
func Desks(ctx context.Context, server string, out io.Writer) error {
	p, err := NewPlayer(ctx, server)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for _, d := range desks {
		at, err := p.Play(ctx, d.mark, []string{"name=" + d.name})
		if err != nil {
			return fmt.Errorf("seed: %s: %w", d.name, err)
		}
		for _, t := range at.Tasks {
			if t.Element == d.mark {
				fmt.Fprintf(out, "待办 %s %s → %v\n", at.Code, d.name, t.Holders)
				break
			}
		}
	}
	return nil
}
