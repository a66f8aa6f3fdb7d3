package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestASectionFailsAgain: the award of a further package is lost, and it is bought again twice under the same code of its
// section: each failure is a task. The first failure, told once more under another number, is none.
func TestASectionFailsAgain(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	c.bought(false)
	x := c.part(books.PackageProcess, fields{"packageBeside": "yes"})
	x.comes("p7_draft", "", nil)
	section := fmt.Sprintf(`{"package_no":"S1","section_code":"%s-S1",`, c.code)
	tell := func(kind, data string) {
		t.Helper()
		c.pass(time.Minute)
		c.tells(c.code, [2]string{"procurement." + kind, data})
		c.pump()
	}
	first := c.clock().Add(time.Minute)
	tell("failed", section+`"reason_code":"中标无效","at":"2026-11-24"}`)
	failedTasks := func() (n int) {
		for _, open := range x.open() {
			if open.Element == "p6_failed" {
				n++
			}
		}
		return n
	}
	for i, reason := range []string{"<3家", "超预算"} {
		x.comes("p6_check", "agree", nil)
		tell("plan_filed", fmt.Sprintf(`{"plan_no":"CG-%d","filed_at":"2026-11-24"}`, i+2))
		// What was told first, once more: by the letter the old attempt's.
		old := event(fmt.Sprintf("again-%d", i), "procurement.failed", c.code, section+`"reason_code":"中标无效","at":"2026-11-24"}`)
		old.OccurredAt, old.SentAt = first, c.clock()
		c.hook(old).want(202, "")
		c.must(c.link(nil).Receive(ctx()))
		c.pump()
		if failedTasks() != 0 {
			t.Fatalf("attempt %d: the failure of the first attempt counts for it", i+2)
		}
		tell("failed", fmt.Sprintf(`%s"reason_code":"%s","at":"2026-11-24"}`, section, reason))
		if failedTasks() != 1 {
			t.Fatalf("attempt %d failed, open are %+v\n%s", i+2, x.open(), c.dump("partner_inbox"))
		}
		x.comes("p6_failed", "complete", fields{"decision": "retry", "reason": "修改采购文件后重新采购"})
	}
	x.comes("p6_check", "agree", nil)
	tell("plan_filed", `{"plan_no":"CG-9","filed_at":"2026-11-24"}`)
	tell("notice_published", section+`"mode":"CONSULT","limit_price":"2000000.00","published_at":"2026-11-24"}`)
	tell("opened", section+`"bidder_count":4}`)
	tell("awarded", section+`"win_bid_price":"990000.00","price_form":"总价","winner":{"name":"乙公司"},"notice_at":"2026-11-24"}`)
	if open := x.open(); !slices.ContainsFunc(open, func(n wire.NextTask) bool { return n.Element == "p7_draft" }) {
		t.Fatalf("the fourth attempt is awarded, open are %+v\n%s", open, c.dump("partner_inbox"))
	}
}
