package api_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
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
