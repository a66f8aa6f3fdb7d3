package notices_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/notices"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/partners"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

type wordDecoder = mime.WordDecoder

// desk is a house with one person, a mail server, and a clock.
type desk struct {
	t    *testing.T
	db   *models.DB
	d    *notices.Deliverer
	post *postOffice
	now  time.Time
	n    int
}

func newDesk(t *testing.T, db *models.DB) *desk {
	t.Helper()
	k := &desk{t: t, db: db, post: openPostOffice(t), now: time.Date(2026, 3, 2, 10, 0, 0, 0, models.Zone)}
	m, err := notices.ReadMail("smtp://" + k.post.l.Addr().String() + "/?from=qc@example.gov.cn&plain=true")
	if err != nil {
		t.Fatal(err)
	}
	k.d = &notices.Deliverer{
		DB: db, Channels: map[string]notices.Channel{office.Mail: m}, Base: "https://qc.example", Now: func() time.Time { return k.now },
		Log: slog.New(slog.DiscardHandler),
	}
	k.tx(func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT INTO dept (id, name, kind) VALUES ('A', '县水利局', 'applying')").Error; err != nil {
			return err
		}
		for _, p := range []string{"zhou", "admin"} {
			if err := tx.Exec("INSERT INTO person (id, name, active, demo) VALUES (?, ?, TRUE, FALSE)", p, "周敏").Error; err != nil {
				return err
			}
		}
		for person, role := range map[string]string{"zhou": "APPLY_CLERK", "admin": "SYS_ADMIN"} {
			if err := tx.Table("post").Create(map[string]any{"id": role + "@A", "person_id": person, "role": role, "dept_id": "A",
				"is_primary": true}).Error; err != nil {
				return err
			}
		}
		return office.SetNotices(
			tx, office.NoticeSetting{Person: "zhou", Mail: "zhou@example.gov.cn", Digests: "08:30 14:30", Quiet: "20:00-07:30"},
			[]office.Choice{{Topic: "copy", Channel: "mail", Mode: office.Digest}},
		)
	})
	k.check(k.d.Open(context.Background()))
	return k
}

func (k *desk) check(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) tx(f func(tx *gorm.DB) error) {
	k.t.Helper()
	modelstest.Tx(k.t, k.db, f)
}

// tell tells of n things of a kind.
func (k *desk) tell(kind office.NotificationKind, n int) {
	k.t.Helper()
	k.tx(func(tx *gorm.DB) error {
		for range n {
			k.n++
			err := office.Tell(tx, office.Notification{
				Cause: fmt.Sprintf("c%d", k.n), Kind: kind, Subject: fmt.Sprintf("case:%d", k.n), CreatedAt: k.now,
				Args: models.JSONOf(map[string]string{"matter": fmt.Sprintf("事项%d号", k.n), "task": "核对", "what": "用印"}),
			}, "zhou")
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// pass lets time go by and delivers.
func (k *desk) pass(d time.Duration) {
	k.t.Helper()
	k.now = k.now.Add(d)
	k.check(k.d.Pass(context.Background()))
}

// counted holds that each thing was said in one letter, once.
func (k *desk) counted(letters, things int) {
	k.t.Helper()
	all := k.post.letters()
	if len(all) != letters {
		k.t.Errorf("%d letters, not %d", len(all), letters)
	}
	times := map[string]int{}
	for _, l := range all {
		for i := range k.n {
			name := fmt.Sprintf("事项%d号", i+1)
			times[name] += strings.Count(l.text, name)
		}
	}
	n := 0
	for name, c := range times {
		if c > 1 {
			k.t.Errorf("%s was told %d times", name, c)
		}
		n += c
	}
	if n != things {
		k.t.Errorf("%d of %d things were told", n, things)
	}
}

func TestMailAtOnceAndGathered(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		k := newDesk(t, db)
		k.tell("case-ended", 1)
		k.tell("task-comment", 3)
		k.pass(time.Second)
		k.counted(1, 1)
		if l := k.post.letters()[0]; l.to != "zhou@example.gov.cn" || !strings.Contains(l.subject, "事项1号") ||
			!strings.Contains(l.text, "https://qc.example/matters/1") || !strings.Contains(l.text, "/notices") {
			t.Errorf("the letter: %+v", l)
		}
		k.pass(time.Second)
		k.counted(1, 1)
		k.pass(5 * time.Hour) // 14:30 is over
		k.counted(2, 4)
		k.now = time.Date(2026, 3, 2, 21, 0, 0, 0, models.Zone)
		k.tell("task-returned", 1) // in the quiet hours
		k.pass(time.Minute)
		k.counted(2, 4)
		k.tell("case-ended", 1) // must be told
		k.pass(time.Minute)
		k.counted(3, 5)
		k.now = time.Date(2026, 3, 3, 7, 31, 0, 0, models.Zone)
		k.pass(0)
		k.counted(4, 6)
	})
}

// Ten thousand at once: a few messages at once, the rest as one, and nobody's mailbox full.
func TestTenThousandAtOnce(t *testing.T) {
	k := newDesk(t, modelstest.Open(t, modelstest.SQLite(t)))
	k.tell("matter-returned", 10_000)
	k.pass(time.Second)
	k.pass(24 * time.Hour)
	all := k.post.letters()
	if len(all) != 2 || !strings.Contains(all[0].subject, "20") || !strings.Contains(all[1].subject, "9980") ||
		!strings.Contains(all[1].text, "另有 9930 条") {
		t.Errorf("%d letters: %.300v", len(all), all)
	}
	var left int64
	k.check(k.db.Read(context.Background()).Raw("SELECT count(*) FROM outbox WHERE state <> 'delivered'").Scan(&left).Error)
	if left != 0 {
		t.Errorf("%d are left", left)
	}
}

// A mail server that is away for a day gets what came meanwhile as one letter; the administrator hears of it once.
func TestServerAwayForADay(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		k := newDesk(t, db)
		k.post.deny = 1 << 30
		for range 12 {
			k.tell("case-ended", 1)
			k.pass(2 * time.Hour)
		}
		k.counted(0, 0)
		var told int64
		k.check(
			db.Read(context.Background()).
				Raw("SELECT count(*) FROM notification WHERE kind = 'channel-trouble' AND person = 'admin'").
				Scan(&told).
				Error,
		)
		if told != 1 {
			t.Errorf("the administrator was told %d times", told)
		}
		k.post.mu.Lock()
		k.post.deny = 0
		k.post.mu.Unlock()
		k.pass(2 * time.Hour)
		k.counted(1, 12)
	})
}

// An answer that is lost: the same letter comes again under its id, and nothing else with it.
func TestAnswerLost(t *testing.T) {
	k := newDesk(t, modelstest.Open(t, modelstest.SQLite(t)))
	k.post.mute = 1
	k.tell("case-ended", 2)
	k.pass(time.Second)
	k.tell("case-ended", 1)
	k.pass(time.Hour)
	if len(k.post.got) != 3 {
		t.Errorf("%d messages came", len(k.post.got))
	}
	k.counted(2, 3)
}

// Who has left is told nothing.
func TestLeaver(t *testing.T) {
	k := newDesk(t, modelstest.Open(t, modelstest.SQLite(t)))
	k.tell("case-ended", 1)
	k.tx(func(tx *gorm.DB) error { return tx.Exec("UPDATE person SET active = FALSE WHERE id = 'zhou'").Error })
	k.pass(time.Hour)
	k.counted(0, 0)
}

func TestTwoDeliverers(t *testing.T) {
	k := newDesk(t, modelstest.Open(t, modelstest.Postgres(t)))
	k.tell("case-ended", 15)
	done := make(chan error, 4)
	for range 4 {
		go func() { done <- k.d.Pass(context.Background()) }()
	}
	for range 4 {
		k.check(<-done)
	}
	k.counted(1, 15)
}

// A chat that answers 500, then refuses in its own way, then takes it; the list of things to do is put once.
func TestChatAndTodos(t *testing.T) {
	app := partners.NewApp()
	said := 0
	chat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if said++; said == 1 {
			w.WriteHeader(500)
			return
		}
		if said == 2 {
			_, _ = w.Write([]byte(`{"errcode":310000,"errmsg":"sign"}`))
			return
		}
		if r.URL.Query().Get("sign") == "" {
			t.Error("not signed")
		}
		app.Chat().ServeHTTP(w, r)
	}))
	defer chat.Close()
	list := httptest.NewServer(app.Todos())
	defer list.Close()
	k := newDesk(t, modelstest.Open(t, modelstest.SQLite(t)))
	k.d.Channels = map[string]notices.Channel{
		office.Chat: &notices.Chat{URL: chat.URL, Secret: "s", Now: time.Now}, office.Todo: &notices.TodoPush{URL: list.URL},
	}
	k.check(k.d.Open(context.Background()))
	k.tx(func(tx *gorm.DB) error {
		return office.SetNotices(
			tx, office.NoticeSetting{Person: "zhou", Digests: "08:30"},
			[]office.Choice{{Topic: "ended", Channel: office.Chat, Mode: office.Now}},
		)
	})
	k.tell("case-ended", 1)
	for range 6 {
		k.pass(time.Hour)
	}
	get := func(h http.Handler, path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Body.String()
	}
	if got := get(app.Chat(), "/"); said != 3 || strings.Count(got, "用印") != 1 {
		t.Errorf("asked %d times, said %s", said, got)
	}
	if got := get(app.Todos(), "/todos"); strings.Count(got, `"person":"zhou"`) != 1 || !strings.Contains(got, `"state":"info"`) {
		t.Errorf("things to do: %s", got)
	}
}

func TestSettingsRefused(t *testing.T) {
	k := newDesk(t, modelstest.Open(t, modelstest.SQLite(t)))
	for _, s := range []office.NoticeSetting{
		{Mail: "no address", Digests: "08:30"}, {Mail: "a@b.cn\r\nBcc: c@d.cn", Digests: "08:30"}, {Digests: "8点"}, {Digests: ""},
		{Digests: "08:30", Quiet: "20-7"},
	} {
		s.Person = "zhou"
		var refused *models.Refusal
		err := k.db.Tx(context.Background(), func(tx *gorm.DB) error { return office.SetNotices(tx, s, nil) })
		if !errors.As(err, &refused) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	err := k.db.Tx(context.Background(), func(tx *gorm.DB) error {
		return office.SetNotices(
			tx, office.NoticeSetting{Person: "zhou", Digests: "08:30"},
			[]office.Choice{{Topic: "late", Channel: office.Todo, Mode: office.Off}},
		)
	})
	if err == nil {
		t.Error("what must be told was switched off")
	}
	for _, wrong := range []string{"", "http://x", "smtp://", "smtp://h:25/", "smtp://h/?from=x"} {
		if _, err := notices.ReadMail(wrong); err == nil {
			t.Errorf("%q passed", wrong)
		}
	}
}
