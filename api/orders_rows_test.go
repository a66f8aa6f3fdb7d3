package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/service"
)

// plannedItems is the list of a unit that takes part in the campaign of town.grows.
const plannedItems = "/campaigns/ZL-2026-900/units/DP34/items"

// grows adds a row to each list that comes in the order of its moments without a choice: some of the same moment, kind, process,
// bureau, name or state, so that only the key tells them apart.
func (w *town) grows(n int) {
	w.t.Helper()
	at := models.Stamp(w.clock().Add(time.Duration(n%3) * time.Minute))
	stale, code := n%3 == 1, fmt.Sprintf("SX-%03d", n*37%1000)
	rows := []any{
		&service.Item{
			Code: code, Version: 1, Name: fmt.Sprint("事项", n%2), Unit: "DP34", Kind: service.Kinds[0], Materials: models.JSON("[]"),
			Steps: models.JSON("[]"), Visits: 1, ValidFrom: "2026-01-01", RecordedAt: at, Actor: "he-zhengwu",
		},
		&office.GrantRequest{
			Kind: []string{"post.end", "post.grant"}[n%2], Body: models.JSON("{}"), Digest: fmt.Sprint(n), Reason: "岗位调整",
			AskedBy: "kang-xitong", AskedAt: at, State: []string{office.RequestOpen, office.RequestGranted}[n%5/4],
			Parts: []office.GrantPart{{Part: "posts", Needs: "SEC_ADMIN", State: office.RequestOpen}},
		},
		&process.Incident{
			Key: int64(n*37%1000+1)<<20 | 1, Process: fmt.Sprint("qc_test_", n%2), Element: "any", Code: "defect", Message: "停下", RaisedAt: at,
		},
		&partner.PartnerEvent{
			Source: []string{"finance", "procurement"}[n%2], EventID: fmt.Sprint("ORDER-", n), EventType: "payment.paid", Body: []byte("{}"),
			State: partner.InboxParked, ReceivedAt: at, OccurredAt: at, NextAt: at, Receipts: 1,
		},
		&outbox.Outgoing{
			ID: fmt.Sprint("order-", n*37%1000), Kind: outbox.OutPartner, Target: "finance", EventType: "project.approved",
			Payload: models.JSON("{}"), State: outbox.OutDelivered, NextAt: at, CreatedAt: at,
		},
		&campaign.Item{
			Campaign: "ZL-2026-900", Unit: "DP34", Item: code, Version: 1, Name: fmt.Sprint("事项", n%2), CountedWalk: int64(n % 5 / 4),
			BookedOn: []string{"", "2026-11-20"}[n%2], Dropped: []string{"", "停办"}[n%7/6],
		},
	}
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		for _, row := range []any{
			&campaign.Campaign{
				ID: "ZL-2026-900", Name: "局长走流程", StartsOn: "2026-11-02", EndsOn: "2026-12-31", State: campaign.Running, CreatedAt: at,
				CreatedBy: "he-zhengwu",
			},
			&campaign.Unit{Campaign: "ZL-2026-900", Unit: "DP34", ListState: campaign.ListApproved},
		} {
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
				return err
			}
		}
		for _, row := range rows {
			if err := tx.Create(row).Error; err != nil {
				return err
			}
		}
		told := office.Notification{
			Cause: fmt.Sprint("order:", n), Kind: []office.NotificationKind{"case-ended", "task-comment"}[n%2], Subject: "task:42", CreatedAt: at,
		}
		if err := office.Tell(tx, told, "zhou-min"); err != nil || !stale {
			return err
		}
		return tx.Exec("UPDATE notification SET read_at = ? WHERE cause = ?", at, told.Cause).Error
	}))
}

// growing are the lists whose rows town.grows adds, by what orders them: a name of an order is that of a field, or what says it of a row.
var growing = map[string]func(row map[string]any, name string) string{
	"/requests": textOf, "/incidents": textOf, "/partners/parked": textOf,
	"/notifications": func(row map[string]any, name string) string {
		if name == "unread" {
			return fmt.Sprint(row["readAt"] == nil)
		}
		return textOf(row, name)
	},
	plannedItems: func(row map[string]any, name string) string {
		switch {
		case name == "listed":
			return fmt.Sprintf("%9v", row["id"])
		case name != "state":
			return textOf(row, name)
		case row["dropped"] != nil:
			return "3"
		case row["walked"] == true:
			return "2"
		case row["bookedOn"] != nil:
			return "1"
		}
		return "0"
	},
}

func textOf(row map[string]any, name string) string { return row[name].(string) }

// An order is by what its name says, ties by the key, and the sheet has the rows of the screen in the order of the screen.
func TestOrdersSayWhatTheyAre(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		for n := range 9 {
			w.grows(n)
		}
		for _, x := range ordered {
			of := growing[x.list]
			if of == nil {
				continue
			}
			for _, name := range strings.Fields(x.orders) {
				var page struct{ Items []map[string]any }
				w.do(x.person, "GET", "/api/v1"+x.list+"?limit=200&sort="+name, nil).want(200, "").into(&page)
				if name == "askedAt" || name == "receivedAt" || name == "createdAt" { // as they came, whatever a clock said
					name, of = "id", func(row map[string]any, name string) string { return fmt.Sprintf("%9v", row[name]) }
				} else {
					of = growing[x.list]
				}
				values := map[string]bool{}
				for i, row := range page.Items {
					values[of(row, name)] = true
					if i > 0 && of(page.Items[i-1], name) > of(row, name) {
						t.Errorf("%s by %s: %v before %v", x.list, name, page.Items[i-1], row)
					}
				}
				if len(values) < 2 {
					t.Errorf("%s by %s: %d rows, all with %v", x.list, name, len(page.Items), values)
				}
			}
		}
		for _, x := range []struct{ person, list, sheet, field string }{
			{"kang-xitong", "/requests?sort=kind", "requests?sort=kind", "id"},
			{"zhao-kezhang", "/incidents?sort=-process", "incidents?sort=-process", "key"},
			{"zhao-kezhang", "/partners/parked?sort=partner", "parked?sort=partner", ""},
			{"he-zhengwu", plannedItems + "?left=true&sort=-item", "campaign-items?campaign=ZL-2026-900&unit=DP34&left=true&sort=-item", "item"},
			{"zhou-min", "/notifications?sort=kind", "notifications?sort=kind", "text"},
		} {
			var page struct{ Items []map[string]any }
			w.do(x.person, "GET", "/api/v1"+x.list+"&limit=200", nil).want(200, "").into(&page)
			lines := w.sheet(x.person, x.sheet)
			if len(lines) != len(page.Items)+2 {
				t.Errorf("%s: %d lines of %d rows", x.sheet, len(lines), len(page.Items))
				continue
			}
			for i, row := range page.Items {
				if x.field != "" && !strings.Contains(lines[i+2], fmt.Sprint(row[x.field])) {
					t.Errorf("%s, row %d: %q, on the screen %v", x.sheet, i, lines[i+2], row[x.field])
				}
			}
		}
	})
}

// Who reads a list page by page while it grows meets every row that was there once, and what came in between at most once; the same
// page asked for twice is the same.
func TestPagesOfAListThatGrows(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		n := 0
		for ; n < 6; n++ {
			w.grows(n)
		}
		for _, x := range ordered {
			if growing[x.list] == nil {
				continue
			}
			for _, name := range strings.Fields(x.orders + " -" + strings.ReplaceAll(x.orders, " ", " -")) {
				list := x.list + "?sort=" + name
				before := w.ids(x.person, list, x.key, 200)
				var met []string
				for cursor := ""; ; {
					rows, next := w.page(x.person, list, x.key, 2, cursor)
					if len(met) < 6 {
						w.grows(n)
						n++
					}
					if again, _ := w.page(x.person, list, x.key, 2, cursor); cursor != "" && len(met) >= 6 && !slices.Equal(rows, again) {
						t.Errorf("%s by %s: %v, asked again %v", x.list, name, rows, again)
					}
					met = append(met, rows...)
					if cursor = next; cursor == "" {
						break
					}
				}
				once := slices.Compact(slices.Sorted(slices.Values(met)))
				if len(once) != len(met) {
					t.Errorf("%s by %s: a row twice in %v", x.list, name, met)
				}
				for _, row := range before {
					if !slices.Contains(met, row) {
						t.Errorf("%s by %s: %s is missing in %v", x.list, name, row, met)
					}
				}
			}
		}
	})
}
