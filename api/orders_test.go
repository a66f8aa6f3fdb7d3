package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// ordered are the lists that grow: in which orders they can be read (each rising and falling), and what names a row.
var ordered = []struct{ person, list, key, orders string }{
	{"zhou-min", "/projects", "code", "createdAt updatedAt name code"},
	{"zhao-kezhang", "/tasks?scope=open", "key", "due createdAt"},
	{"he-guangming", "/tasks?scope=done", "key", "at"},
	{"zhou-min", "/matters", "key", "begunAt movedAt"},
	{"zhao-kezhang", "/rectifications", "no", "createdAt updatedAt foundOn dueOn no"},
	{"zhao-kezhang", "/cases", "key", "begunAt movedAt"},
	{"yan-shenji", "/audit", "hash", "at"},
	{"kang-xitong", "/accounts?unit=DP34", "id", "id name"},
	{"zhao-kezhang", "/service-items", "code", "code name unit"},
	{"zhao-kezhang", "/partners/inbox", "id", "receivedAt partner"},
	{"zhao-kezhang", "/partners/parked", "id", "receivedAt partner"},
	{"kang-xitong", "/requests", "id", "askedAt kind"},
	{"wei-anquan", "/requests?state=open", "id", "askedAt kind"},
	{"zhao-kezhang", "/incidents", "key", "raisedAt process"},
	{"zhou-min", "/notifications", "id", "unread createdAt kind"},
	{"zhou-min", "/notifications?part=info", "id", "unread createdAt kind"},
	{"he-zhengwu", plannedItems, "id", "listed item name state"},
	{"he-zhengwu", plannedItems + "?left=true", "id", "listed item name state"},
	{"zhao-kezhang", "/partners/outbox", "id", "createdAt"},
	{"zhao-kezhang", "/stuck-cases", "no", "no receivedOn dueOn"},
}

// ids are the names of the rows of a list, read in pages of some rows.
func (w *town) ids(person, list, key string, limit int) (all []string) {
	w.t.Helper()
	for cursor := ""; ; {
		rows, next := w.page(person, list, key, limit, cursor)
		all = append(all, rows...)
		if cursor = next; cursor == "" || len(all) > 3000 {
			return all
		}
	}
}

// page is one of them, and the cursor of the next.
func (w *town) page(person, list, key string, limit int, cursor string) (rows []string, next string) {
	w.t.Helper()
	if !strings.Contains(list, "?") {
		list += "?"
	}
	var page struct {
		Items []map[string]json.RawMessage
		Next  string
	}
	w.do(person, "GET", fmt.Sprintf("/api/v1%s&limit=%d&cursor=%s", list, limit, cursor), nil).want(200, "").into(&page)
	for _, r := range page.Items {
		rows = append(rows, string(r[key]))
	}
	return rows, page.Next
}

// writes changes rows behind the platform's back.
func (w *town) writes(sql string) {
	w.t.Helper()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { return tx.Exec(sql).Error }))
}

// Each list is read whole in each of its orders, in pages of any size, each row once; the falling order is the rising one
// turned round. What is no order of it is refused, and so is the cursor of another order.
func TestOrders(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.leaves()
		for i := range 3 {
			w.draft()
			w.begins("zhou-min", wire.BeginRequest{Data: trip})
			w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "disagree", wire.OperationRequest{Opinion: "改期"}).want(200, "")
			w.do("zhao-kezhang", "POST", "/api/v1/rectifications", wire.RectificationInput{Title: fmt.Sprint("回执不一致", i), Description: "清单不一致",
				OwnerDept: "DP18", Severity: "B", Source: "hotline"}).want(201, "")
		}
		w.pump()
		w.writes("UPDATE rectification SET due_on = found_on WHERE no LIKE '%2'")
		for n := range 7 {
			w.grows(n)
		}
		for _, x := range ordered {
			sort := func(name string) string {
				if strings.Contains(x.list, "?") {
					return x.list + "&sort=" + name
				}
				return x.list + "?sort=" + name
			}
			usual := w.ids(x.person, x.list, x.key, 200)
			all := slices.Sorted(slices.Values(usual))
			t.Logf("%s of %s: %d rows", x.list, x.person, len(all))
			for _, name := range strings.Fields(x.orders) {
				size := max(2, len(all)/5)
				up, down := w.ids(x.person, sort(name), x.key, size), w.ids(x.person, sort("-"+name), x.key, size+1)
				slices.Reverse(down)
				if x.list != "/audit" && !slices.Equal(up, down) { // to look at the audit is an entry of it
					t.Errorf("%s by %s: rising %v, falling, turned round %v", x.list, name, up, down)
				}
				if got := slices.Compact(slices.Sorted(slices.Values(up))); x.list != "/audit" && !slices.Equal(got, all) || len(got) != len(up) {
					t.Errorf("%s by %s: %d rows, some twice or missing; want %d", x.list, name, len(up), len(all))
				}
			}
			for _, hidden := range []string{"amount", "-declared", "cutTotal", "title'"} {
				a := w.do(x.person, "GET", "/api/v1"+sort(hidden), nil)
				if a.status != 422 {
					t.Errorf("%s is sorted by %s: %d", x.list, hidden, a.status)
				}
			}
			first := strings.Fields(x.orders)[0]
			w.do(x.person, "GET", "/api/v1"+sort(first)+"&cursor=bm9uc2Vuc2U", nil).want(422, "")
			if len(all) > 1 {
				_, next := w.page(x.person, sort(first), x.key, 1, "")
				w.do(x.person, "GET", "/api/v1"+sort("-"+first)+"&cursor="+next, nil).want(422, "")
			}
		}
	})
}

// Findings are narrowed by the server, in the list and in its sheet.
func TestNarrowedFindings(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		for i := range 4 {
			w.do("zhao-kezhang", "POST", "/api/v1/rectifications", wire.RectificationInput{Title: fmt.Sprint("回执不一致", i), Description: "清单不一致",
				OwnerDept: "DP18", Severity: "B", Source: "hotline"}).want(201, "")
		}
		w.pump()
		for _, sql := range []string{
			"UPDATE rectification SET due_on = '2020-01-01' WHERE no LIKE '%1'", "UPDATE rectification SET returns = 1 WHERE no LIKE '%2'",
			"UPDATE rectification SET due_on = '2020-01-01', state = 'CLOSED', closed_on = '2020-01-01' WHERE no LIKE '%3'",
			"UPDATE rectification SET due_on = '2020-01-01', state = 'REFERRED_UP' WHERE no LIKE '%4'", // waits for the superior: not late
		} {
			w.writes(sql)
		}
		for _, x := range []struct {
			person, show string
			want         int
		}{
			{"zhao-kezhang", "overdue", 1}, {"zhao-kezhang", "mine", 3}, {"zhao-kezhang", "returned", 1}, {"qin-heyan", "mine", 0},
			{"qin-heyan", "overdue", 1},
		} {
			var page wire.RectificationPage
			w.do(x.person, "GET", "/api/v1/rectifications?show="+x.show, nil).want(200, "").into(&page)
			if len(page.Items) != x.want || page.Shows[x.show] != x.want {
				t.Errorf("%s to %s: %d rows, counted %v; want %d", x.show, x.person, len(page.Items), page.Shows, x.want)
			}
			if lines := w.sheet(x.person, "rectifications?show="+x.show); len(lines) != x.want+2 {
				t.Errorf("%s to %s as a sheet: %q", x.show, x.person, lines)
			}
		}
		w.do("zhao-kezhang", "GET", "/api/v1/rectifications?show=hidden", nil).want(422, "")
	})
}

// An inbox and its sheet show no sum that the page of the project hides.
func TestAmountsOfAnInbox(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	code := w.reviewed()
	w.draws("随机抽取")
	var drawn []string
	w.must(w.db.Read(ctx()).Raw("SELECT person_id FROM expert_seat WHERE state = 'drawn' ORDER BY person_id").Scan(&drawn).Error)
	for _, person := range drawn {
		var page wire.TaskPage
		w.do(person, "GET", "/api/v1/tasks?scope=open", nil).want(200, "").into(&page)
		if len(page.Items) == 0 {
			t.Fatalf("%s has no task", person)
		}
		for _, task := range page.Items {
			if task.Project != code || task.Amount != "" {
				t.Errorf("%s has not stated that he is free and reads %q: %s", person, task.Name, task.Amount)
			}
		}
		for _, list := range []string{"tasks?scope=open", "projects"} {
			if text := strings.Join(w.sheet(person, list), "\n"); strings.Contains(text, "1446150") {
				t.Errorf("%s takes out %s: %s", person, list, text)
			}
		}
	}
	if text := strings.Join(w.sheet("zhao-kezhang", "projects"), "\n"); !strings.Contains(text, "1446150") {
		t.Errorf("who sees the sum does not find it in his sheet: %s", text)
	}
}
