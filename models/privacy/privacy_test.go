package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/privacy"
	"github.com/quancheng/quancheng/models/stuck"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var now = time.Date(2026, 11, 30, 10, 0, 0, 0, models.Zone) // a Monday

func code(err error) string {
	var r *models.Refusal
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &r):
		return err.Error()
	case len(r.Fields) > 0:
		return r.Fields[0].Pointer + " " + r.Fields[0].Code
	}
	return r.Code
}

func by(person, reason string, at time.Time) models.Acting {
	return models.Acting{Person: person, Reason: reason, At: at, BusinessDate: models.DateOf(at)}
}

// fill puts people and reports there, whose days lie around the last day that is due.
func fill(t *testing.T, db *models.DB) {
	t.Helper()
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		ago := func(days int) time.Time { return now.AddDate(-3, 0, days) }
		yes, left := []byte("sealed"), func(at time.Time) *time.Time { return &at }
		rows := []any{
			&office.Dept{ID: "U1", Name: "一局", Kind: "applying"}, &office.Dept{ID: "U2", Name: "二局", Kind: "applying"},
			&office.Person{ID: "pi", Name: "护", Active: true}, &office.Person{ID: "ar", Name: "档", Active: true},
			&office.Person{ID: "gone", Name: "已离", EmployerUnit: "U1", MobileEnc: yes, MobileMark: "m", KeyID: "k", LeftAt: left(ago(0))},
			&office.Person{ID: "late", Name: "刚离", EmployerUnit: "U1", MobileEnc: yes, KeyID: "k", LeftAt: left(ago(1))},
			&office.Person{ID: "back", Name: "又来", EmployerUnit: "U1", MobileEnc: yes, KeyID: "k", Active: true, LeftAt: left(ago(-9))},
			&office.Person{ID: "bare", Name: "无号", LeftAt: left(ago(-9))},
			&office.Person{ID: "two", Name: "二局人", EmployerUnit: "U2", IDNoEnc: yes, KeyID: "k", LeftAt: left(ago(-9))},
			&office.Credential{Person: "gone", Kind: "password", Data: "x", ChangedAt: now},
			&office.Person{ID: "ex", Name: "专家", Active: true}, &office.Person{ID: "ex2", Name: "专家二", Active: true},
			&office.Post{ID: "EXPERT@U1", PersonID: "ex", Role: "EXPERT", DeptID: "U1", ValidTo: left(ago(-2))},
			&office.Post{ID: "EXPERT@U1", PersonID: "ex2", Role: "EXPERT", DeptID: "U1"},
			&office.Post{ID: "ARCHIVIST@U1", PersonID: "ar", Role: "ARCHIVIST", DeptID: "U1"},
			&office.Expert{Person: "ex", Specialties: models.JSON(`["网络"]`)}, &office.Expert{Person: "ex2", Specialties: models.JSON(`[]`)},
			&office.ExpertEmployer{Person: "ex", OrgName: "公司", Tie: "employed", FromYear: 2010},
		}
		for n, day := range []int{0, 1, -30} {
			closed := models.DateOf(ago(day))
			rows = append(rows, &stuck.Report{
				No: fmt.Sprintf("BC-%d", n+1), Kind: stuck.Case, Category: "question", Item: "证", Unit: "U2", State: stuck.Closed,
				Joint: models.JSON("[]"), PersonEnc: yes, PersonMask: "王*", Pseudonym: "群众1", ClosedOn: closed, ReceivedOn: closed,
			})
		}
		for _, r := range rows {
			if err := tx.Create(r).Error; err != nil {
				return fmt.Errorf("%T: %w", r, err)
			}
		}
		return nil
	})
}

func refs(all []privacy.Item) (out []string) {
	for _, i := range all {
		out = append(out, i.Ref)
	}
	slices.Sort(out)
	return out
}

// TestErasure: what has been closed for three years to the day is due, a list changes nothing before a
// second person confirms it, and a hold that comes between keeps what it names.
func TestErasure(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		fill(t, db)
		try := func(want string, act func(tx *gorm.DB) error) {
			t.Helper()
			if got := code(db.Tx(context.Background(), act)); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		due := func() []string {
			t.Helper()
			all, _, err := privacy.Due(db.Read(context.Background()), "", now)
			if err != nil {
				t.Fatal(err)
			}
			return refs(all)
		}
		if got, want := due(), []string{"BC-1", "BC-3", "ex", "gone", "two"}; !slices.Equal(got, want) {
			t.Fatalf("due: %v, want %v", got, want)
		}
		erase := func(kind, reason string, at time.Time, items ...string) func(*gorm.DB) error {
			return func(tx *gorm.DB) error { _, err := privacy.AskErase(tx, by("pi", reason, at), kind, items); return err }
		}
		decide := func(who string, id int64, yes bool, reason string, at time.Time) func(*gorm.DB) error {
			return func(tx *gorm.DB) error { _, err := privacy.Decide(tx, by(who, reason, at), id, yes); return err }
		}
		hold := func(kind, ref, basis string) func(*gorm.DB) error {
			return func(tx *gorm.DB) error {
				_, err := privacy.Set(tx, by("ar", "法院调查需要", now), privacy.Hold{Kind: kind, Ref: ref, Basis: basis})
				return err
			}
		}
		for _, c := range []struct {
			want string
			act  func(*gorm.DB) error
		}{
			{"/kind not-an-option", erase("all", "到期删除个人信息", now)},
			{"/reason reason-too-short", erase("", "到期", now)},
			{"/items/0 privacy-not-due", erase("", "到期删除个人信息", now, "late")},
			{"/kind not-an-option", hold("case", "BC-3", "函〔2026〕1号")},
			{"/ref privacy-nothing-there", hold("stuck", "BC-9", "函〔2026〕1号")},
			{"/basis required", hold("stuck", "BC-3", "  ")},
			{"", hold("stuck", "BC-3", "函〔2026〕1号")},
			{"privacy-held-already", hold("stuck", "BC-3", "函〔2026〕2号")},
			{"/items/0 privacy-held", erase("", "到期删除个人信息", now, "BC-3")},
			{"", erase("", "到期删除个人信息", now)},
			{"asked-already", erase("", "到期删除个人信息", now)},
			{"second-person-needed", decide("pi", 1, true, "", now)},
			{"/reason reason-too-short", decide("ar", 1, false, "不", now)},
			{"privacy-own-data", decide("gone", 1, true, "", now)},
			{"not-found", decide("ar", 9, true, "", now)},
			{"checked-already", decide("ar", 1, true, "", now.AddDate(0, 0, 2).Add(-10*time.Hour))}, // Wednesday 00:00: expired
			{"", hold("unit", "U2", "函〔2026〕3号")},                                                   // between the asking and the word
			{"", decide("ar", 1, true, "", now.AddDate(0, 0, 1).Add(13*time.Hour))},                 // Tuesday 23:00
			{"checked-already", decide("ar", 1, true, "", now)},
			{"privacy-nothing-due", erase("", "到期删除个人信息", now)},
		} {
			try(c.want, c.act)
		}
		l, err := privacy.Find(db.Read(context.Background()), 1)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, i := range l.Items {
			got[i.Ref] = i.Outcome
		}
		if want := "map[BC-1:held ex:erased gone:erased two:held]"; fmt.Sprint(got) != want {
			t.Errorf("outcomes %v, want %s", got, want)
		}
		var p office.Person
		if err := db.Read(context.Background()).Where("id = 'gone'").Take(&p).Error; err != nil || p.Name == "" || p.MobileEnc != nil ||
			p.MobileMark != "" || p.KeyID != "" {
			t.Errorf("who left: %+v, %v", p, err)
		}
		for _, empty := range []string{"credential WHERE person = 'gone'", "expert_employer WHERE person = 'ex'", "expert WHERE person = 'ex'"} {
			var n int64
			if err := db.Read(context.Background()).Raw("SELECT COUNT(*) FROM " + empty).Scan(&n).Error; err != nil || n != 0 {
				t.Errorf("%s: %d rows, %v", empty, n, err)
			}
		}
		lift(t, db, try, decide)
		if got := due(); !slices.Equal(got, []string{"BC-1", "two"}) {
			t.Errorf("due after the hold of the unit was lifted: %v", got)
		}
		try("", erase(privacy.KindCitizen, "到期删除个人信息", now))
		try("", decide("ar", newest(t, db), true, "", now))
		r, err := stuck.Find(db.Read(context.Background()), "BC-1")
		if err != nil || r.PersonEnc != nil || r.PersonMask != "" || r.Pseudonym != "" || r.Item == "" {
			t.Errorf("report: %+v, %v", r, err)
		}
		if report, err := audit.VerifyAudit(db.Read(context.Background()), ""); err != nil || report.Break != nil {
			t.Errorf("audit: %+v, %v", report, err)
		}
	})
}

// newest is the list that was asked for last: what was refused may have used up a number.
func newest(t *testing.T, db *models.DB) int64 {
	t.Helper()
	all, err := privacy.Lists(db.Read(context.Background()), 1)
	if err != nil || len(all) != 1 {
		t.Fatalf("lists: %v, %v", all, err)
	}
	return all[0].ID
}

// lift ends the hold of the unit by two persons; that of BC-3 stays.
func lift(t *testing.T, db *models.DB, try func(string, func(*gorm.DB) error),
	decide func(string, int64, bool, string, time.Time) func(*gorm.DB) error) {
	t.Helper()
	holds, err := privacy.Holds(db.Read(context.Background()))
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	for _, h := range holds {
		if h.Kind == privacy.HoldUnit {
			id = h.ID
		}
	}
	ask := func(tx *gorm.DB) error {
		_, err := privacy.AskLift(tx, by("pi", "调查已经结束", now), id)
		return err
	}
	try("not-found", func(tx *gorm.DB) error {
		_, err := privacy.AskLift(tx, by("pi", "调查已经结束", now), 99)
		return err
	})
	try("", ask)
	try("asked-already", ask)
	try("second-person-needed", decide("pi", newest(t, db), true, "", now))
	try("", decide("ar", newest(t, db), true, "", now))
	try("privacy-lifted-already", ask)
}

var personal = regexp.MustCompile(`phone|mobile|idno|bank|mail$|person_enc|person_mask|pseudonym|_name$|contact|remote|agent|members|specialties`)

// notPersonal are columns with such names, in any table or in one, that hold nobody's personal data: partner_quarantine.remote
// is the address of a bureau's machine.
const notPersonal = `bureau_name unit_name file_name task_name system_name role_name event_name org_name column_name process_name
	item_name name_en element_name service_name series_name message_name signal_name short_name partner_quarantine.remote`

// TestInventory: a column whose name says that it holds personal data stands in the inventory, and each of its columns exists.
func TestInventory(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t)).Read(context.Background())
	listed := map[string]bool{}
	for _, k := range privacy.Inventory {
		if _, err := k.CountOf(db); err != nil {
			t.Error(err)
		}
		for _, c := range k.Columns {
			listed[c] = true
			table, column, _ := strings.Cut(c, ".")
			if !db.Migrator().HasColumn(table, column) {
				t.Errorf("%s: there is no %s", k.ID, c)
			}
		}
	}
	tables, err := db.Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		columns, err := db.Migrator().ColumnTypes(table)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			name := table + "." + c.Name()
			if personal.MatchString(c.Name()) && !listed[name] && !slices.Contains(strings.Fields(notPersonal), c.Name()) &&
				!slices.Contains(strings.Fields(notPersonal), name) {
				t.Errorf("%s looks like personal data: list it in the inventory, or say that it is none", name)
			}
		}
	}
}
