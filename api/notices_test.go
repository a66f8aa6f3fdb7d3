package api_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
)

// TestTold plays matters at random and holds what people were told against what happened, read from other
// tables: each person has heard of each thing that concerns him once, and of nothing else.
func TestTold(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	r := rand.New(rand.NewPCG(14, 5))
	var keys, matters []string
	for range 6 {
		b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
		k := b.Key
		keys, matters = append(keys, k), append(matters, b.Matter)
		if r.IntN(2) == 0 {
			w.do("he-guangming", "POST", "/api/v1/instances/"+k+"/follow", wire.CaseRequest{}).want(200, "")
		}
	}
	people := []string{"zhou-min", "he-guangming", "zhao-kezhang"}
	for range 120 {
		w.pass(time.Minute)
		who := people[r.IntN(len(people))]
		if r.IntN(20) == 0 {
			w.do("zhou-min", "POST", "/api/v1/instances/"+keys[r.IntN(len(keys))]+"/withdraw", wire.CaseRequest{Reason: because})
			continue
		}
		var page wire.TaskPage
		w.do(who, "GET", "/api/v1/tasks?scope=open", nil).want(200, "").into(&page)
		if len(page.Items) == 0 {
			continue
		}
		lit, dated := 0, 0
		for _, g := range page.Groups {
			if g.Light == "amber" || g.Light == "green" {
				lit += g.Count
			}
		}
		for _, d := range page.Days {
			dated += d.Count
		}
		if lit != dated {
			t.Errorf("%s: %d are due some day, the days hold %d", who, lit, dated)
		}
		task := page.Items[r.IntN(len(page.Items))]
		op := []string{"agree", "agree", "agree", "return", "complete", "complete", "claim", "disagree"}[r.IntN(8)]
		in := wire.OperationRequest{Reason: because, Opinion: because}
		if op == "complete" {
			in.Data = trip
		}
		w.operate(who, task, op, in) // what is refused tells nobody
	}
	for _, m := range matters { // the slip ends what has come so far
		w.do("zhou-min", "POST", "/api/v1/messages", wire.MessageRequest{Name: "leave.slip", CorrelationKey: m, TimeToLive: "PT1M"})
	}
	w.pump()
	var wrong []string
	for what, sql := range map[string]string{
		"told twice of one thing": `SELECT person || ' ' || cause FROM notification GROUP BY person, cause HAVING count(*) > 1`,
		"has a task and was not told": `SELECT c.principal || ' ' || t.name FROM task t JOIN task_candidate c ON c.key = t.key
			WHERE c.principal NOT LIKE '%@%' AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.person = c.principal AND n.subject = 'task:' || t.key)
			AND NOT EXISTS (SELECT 1 FROM task_act a WHERE a.root = t.root AND a.person = c.principal)`,
		"told of a task twice as new": `SELECT person || ' ' || subject FROM notification WHERE kind IN ('task-open', 'task-group', 'task-returned') GROUP BY person, subject, cause HAVING count(*) > 1`,
		"ended and its initiator was not told": `SELECT b.person || ' ' || b.root FROM begun b JOIN root_state s ON s.key = b.root WHERE NOT s.open
			AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.person = b.person AND n.kind = 'case-ended' AND n.cause = 'ended:' || b.root)
			AND NOT EXISTS (SELECT 1 FROM task_act a WHERE a.root = b.root AND a.person = b.person AND a.operation IN ('withdraw', 'terminate', 'complete'))`,
		"told of an end that is none": `SELECT n.person || ' ' || n.cause FROM notification n JOIN root_state s ON 'ended:' || s.key = n.cause WHERE n.kind = 'case-ended' AND s.open`,
		"told of his own act":         `SELECT n.person || ' ' || n.cause FROM notification n JOIN task_act a ON n.cause IN ('returned:' || a.event, 'withdrawn:' || a.event) AND a.person = n.person`,
		"returned and its initiator was not told": `SELECT b.person || ' ' || a.event FROM task_act a JOIN begun b ON b.root = a.root WHERE a.operation = 'return' AND a.person <> b.person
			AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.person = b.person AND (n.cause = 'returned:' || a.event OR n.kind = 'task-returned' AND n.created_at = a.at))`,
		"told of a task that was never his": `SELECT n.person || ' ' || n.subject FROM notification n WHERE n.kind = 'task-open' AND NOT EXISTS (SELECT 1 FROM task t WHERE 'task:' || t.key = n.subject)`,
	} {
		var rows []string
		w.must(w.db.Read(ctx()).Raw(sql).Scan(&rows).Error)
		for _, row := range rows {
			wrong = append(wrong, what+": "+row)
		}
	}
	slices.Sort(wrong)
	for _, s := range wrong {
		t.Error(s)
	}
	var kinds []string
	w.must(w.db.Read(ctx()).Raw("SELECT DISTINCT kind FROM notification ORDER BY kind").Scan(&kinds).Error)
	for _, k := range []string{"case-ended", "task-open", "matter-returned"} {
		if !slices.Contains(kinds, k) && !(k == "matter-returned" && slices.Contains(kinds, "task-returned")) &&
			!(k == "task-open" && slices.Contains(kinds, "task-group")) {
			t.Errorf("the run told nobody of %s: %v", k, kinds)
		}
	}
	t.Log(fmt.Sprint(kinds))
}

func TestNoticeSettings(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Exec(
			"INSERT INTO notice_channel (channel, since) VALUES ('todo', ?), ('mail', ?)", w.clock().UTC(), w.clock().UTC(),
		).Error
	}))
	const at = "/api/v1/notices/settings"
	var s wire.NoticeSettings
	w.do("zhou-min", "GET", at, nil).want(200, "").into(&s)
	if len(s.Channels) != 3 || !s.Channels[0].InUse || s.Channels[2].InUse || len(s.Topics) < 10 || s.Digests == "" {
		t.Errorf("%+v", s)
	}
	in := wire.NoticeSettingsInput{
		Mail: "zhou@example.gov.cn", Digests: "17:30", Quiet: "",
		Choices: []wire.NoticeChoice{{Topic: "copy", Channel: "mail", Mode: "off"}},
	}
	w.do("zhou-min", "PUT", at, in).want(200, "").into(&s)
	for _, x := range s.Topics {
		if x.ID == "copy" && x.Modes["mail"] != "off" || x.ID == "late" && (x.Modes["todo"] != "now" || len(x.Fixed) != 1) {
			t.Errorf("%+v", x)
		}
	}
	in.Choices = []wire.NoticeChoice{{Topic: "late", Channel: "todo", Mode: "off"}}
	w.do("zhou-min", "PUT", at, in).want(422, "invalid-data")
	in.Choices, in.Mail = []wire.NoticeChoice{}, "nothing"
	w.do("zhou-min", "PUT", at, in).want(422, "invalid-data")
	w.do("li-xin", "GET", at, nil).want(200, "").into(&s)
	if s.Mail != "" || s.Digests != "08:30 14:30" {
		t.Errorf("somebody else's: %+v", s)
	}
	w.do("kang-xitong", "GET", at, nil).want(200, "")
	w.do("", "GET", at, nil).want(401, "")
}

// TestStuckChannel: a channel that is broken says so, with how much of mine waits for it and since when; it waits for no digest.
func TestStuckChannel(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "BUREAU_ACCEPT@DP34")
	h.seat("chen-jing", "APPLY_CLERK@DP18")
	a := models.Acting{At: noon, BusinessDate: models.DateOf(noon)}
	err := h.db.Tx(ctx(), func(tx *gorm.DB) error {
		err := tx.Create(&office.Channel{Channel: office.Mail, Since: noon, Trouble: "refused"}).Error
		for i, person := range []string{"zhou-min", "zhou-min", "zhou-min", "chen-jing"} {
			if err == nil {
				err = outbox.Send(tx, a, outbox.Outgoing{ID: fmt.Sprintf("n:%d:mail", i), Kind: outbox.OutNotice, Target: person,
					EventType: office.Mail, NextAt: noon, Subject: "task:42", Payload: models.JSONOf(map[string]int{"notification": i})})
			}
		}
		if err != nil {
			return err
		}
		return tx.Model(&outbox.Outgoing{}).Where("id IN ?", []string{"n:0:mail", "n:1:mail"}).Update("attempts", 2).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string][2]int{"zhou-min": {2, 1}, "chen-jing": {0, 1}} {
		var s wire.NoticeSettings
		h.do(person, "GET", "/api/v1/notices/settings", nil).want(200, "").into(&s)
		i := slices.IndexFunc(s.Channels, func(c wire.NoticeChannel) bool { return c.ID == office.Mail })
		c := s.Channels[i]
		if !c.Trouble || [2]int{c.Waiting, s.Waiting} != want || (c.Since != nil) != (want[0] > 0) {
			t.Errorf("%s: %+v, %d wait for a digest, want %v", person, c, s.Waiting, want)
		}
	}
}

// TestPartsAndDigests: what asks something of me is parted from what I need only know, and what is gathered is shown before it leaves.
func TestPartsAndDigests(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("zhou-min", "BUREAU_ACCEPT@DP34")
		h.seat("chen-jing", "APPLY_CLERK@DP18")
		err := h.db.Tx(ctx(), func(tx *gorm.DB) error {
			setting := office.NoticeSetting{Person: "zhou-min", Mail: "zhou@example.gov.cn", Digests: "17:30"}
			if err := office.SetNotices(tx, setting, nil); err != nil {
				return err
			}
			if err := tx.Create(&office.Channel{Channel: office.Mail, Since: noon}).Error; err != nil {
				return err
			}
			for i, kind := range []office.NotificationKind{"task-group", "task-copy", "case-moved", "task-comment", "parked", "case-ended"} {
				n := office.Notification{
					Cause: fmt.Sprint(kind, i), Kind: kind, Subject: fmt.Sprintf("project:XM-%d", i), CreatedAt: noon,
					Args: models.JSONOf(map[string]string{"matter": "智慧水利", "task": "受理", "who": "李欣"}),
				}
				if err := office.Tell(tx, n, "zhou-min"); err != nil {
					return err
				}
			}
			// A second word that was given, and one that is waited for.
			for i, state := range []string{process.ConfirmationConfirmed, process.ConfirmationWaiting} {
				root := int64(900 + i)
				k := process.Confirmation{
					Root: root, Operation: "submit", Event: models.JSONOf(struct{}{}), Reason: "补录", AskedBy: "chen-jing", AskedAt: noon, State: state,
				}
				if err := tx.Create(&k).Error; err != nil {
					return err
				}
				n := office.Notification{
					Cause: fmt.Sprint("case-confirm:", root), Kind: office.CaseConfirm, Subject: fmt.Sprint("case:", root), CreatedAt: noon,
					Args: models.JSONOf(map[string]string{"matter": state, "what": "提交", "who": "李欣"}),
				}
				if err := office.Tell(tx, n, "zhou-min"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for part, want := range map[string][]string{
			"act": {"case-confirm", "parked", "task-group"}, "info": {"case-confirm", "case-ended", "task-comment", "case-moved", "task-copy"},
		} {
			var page wire.NotificationPage
			var got []string
			for cursor := ""; ; cursor = page.Next {
				page = wire.NotificationPage{}
				h.do("zhou-min", "GET", "/api/v1/notifications?limit=1&part="+part+"&cursor="+cursor, nil).want(200, "").into(&page)
				for _, n := range page.Items {
					if got = append(got, n.Kind); n.Asks != (part == "act") {
						t.Errorf("%s: %+v", part, n)
					}
				}
				if page.Next == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", part, got, want)
			}
		}
		h.do("zhou-min", "GET", "/api/v1/notifications?part=all", nil).want(422, "")
		var me wire.Me
		h.do("zhou-min", "GET", "/api/v1/me", nil).want(200, "").into(&me)
		if me.Counts.Unread != 8 || me.Counts.UnreadAsks != 3 {
			t.Errorf("%d unread, %d ask something", me.Counts.Unread, me.Counts.UnreadAsks)
		}
		var d wire.NoticeDigests
		h.do("zhou-min", "GET", "/api/v1/notices/digests", nil).want(200, "").into(&d)
		want := models.DateOf(noon).Start().Add(17*time.Hour + 30*time.Minute)
		if !d.Next.Equal(want) || len(d.Items) != 1 {
			t.Fatalf("next %v, want %v: %+v", d.Next, want, d.Items)
		}
		one := d.Items[0]
		if one.Channel != office.Mail || !one.At.Equal(want) || one.Count != 5 || len(one.Lines) != 5 || len(one.Topics) != 4 ||
			one.Lines[0].Kind != "parked" || one.Topics[1].ID != "copy" || one.Topics[1].Count != 2 {
			t.Errorf("%+v", one)
		}
		h.do("chen-jing", "GET", "/api/v1/notices/digests", nil).want(200, "").into(&d)
		if len(d.Items) != 0 {
			t.Errorf("somebody else's: %+v", d.Items)
		}
		h.do("", "GET", "/api/v1/notices/digests", nil).want(401, "")
	})
}
