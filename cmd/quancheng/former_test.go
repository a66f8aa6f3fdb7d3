package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/seed"
	"github.com/quancheng/quancheng/webhook"
)

// The data directory of a former release, with cases left in every kind of
// state, is kept in the repository: testdata/former/<release>.tar.gz. It is made
// once, by scripts/former-release.sh, with that release's own binary.
var (
	formerBinary = flag.String("former", "", "make the fixture of a former release with its binary")
	formerName   = flag.String("release", "", "name of that release: its commit")
)

// leftover is a case that the former release leaves as it is.
type leftover struct {
	label, mark string
	set         []string
	then        func(b *builder, p seed.Played) // nil: left at the mark
}

// manifest says what is in a fixture.
type manifest struct {
	Release string            `json:"release"`
	MadeAt  time.Time         `json:"madeAt"`
	Cases   map[string]string `json:"cases"`   // code → label
	Ended   map[string]string `json:"ended"`   // code → stage of the cases that are over
	Figures map[string]string `json:"figures"` // of the first half of 2022
}

var leftovers = []leftover{
	{"draft", "p1_draft", nil, nil},
	{"draft half filled in", "p1_draft", nil, func(b *builder, p seed.Played) {
		fresh, err := b.as(p.Tasks[0].Holders[0]).Project(b.ctx, p.Code)
		b.must(err)
		b.must(
			b.as(p.Tasks[0].Holders[0]).
				Edit(b.ctx, http.MethodPatch, "/api/v1/projects/"+p.Code, fresh.Version,
					wire.ProjectPatch{Form: map[string]any{"leader": "分管领导丙", "secrecy": "none"}}, nil),
		)
	}},
	{"returned draft", "p1_leader", nil, first("return", wire.OperationRequest{Reason: "预算依据不足，请补充", Target: "p1_draft"})},
	{"formal check", "p2_check", nil, nil},
	{"supplement asked for, its timer armed", "p2_supplement", nil, nil},
	{"refusal to be decided", "p2_confirm", nil, nil},
	{"countersign with one signature of two", "p3_simple", nil, first("agree", wire.OperationRequest{Opinion: "同意通过"})},
	{"pre-review with a saved draft", "p3_pre", nil, saveDraft(map[string]any{"comment": "初步看"}, "")},
	{"expert review half done", "p3_opinion", nil, func(b *builder, p seed.Played) {
		b.operate(p.Tasks[0], p.Tasks[0].Holders[0], "complete", wire.OperationRequest{Data: map[string]any{
			"scores":  map[string]any{"necessity": 80, "feasibility": 80, "reuse": 60, "budget": 60, "security": 80},
			"overall": "revise", "comment": "建设必要，预算偏高",
		}})
	}},
	{"experts gave their statements in part", "p3_statement", nil, func(b *builder, p seed.Played) {
		b.operate(
			p.Tasks[0], p.Tasks[0].Holders[0], "complete",
			wire.OperationRequest{Data: map[string]any{"confidential": true, "conflict": false}},
		)
	}},
	{"leader consolidates after a conflict", "p3_lead", []string{"ways=conflict"}, nil},
	{"refusal after the review", "p3_confirm", nil, nil},
	{
		"trimming sheet with a saved draft", "p4_sheet", nil,
		saveDraft(
			map[string]any{"lines": []any{map[string]any{"lineNo": 1, "reviewed": "400000.00", "reason": "PRICE", "basis": "询价"}}}, "",
		),
	},
	{"cross-check", "p4_cross", nil, nil},
	{"dispute of A and B", "p4_arbitrate", nil, nil},
	{"department asked, silence is consent", "p4_consult", nil, nil},
	{"open objection", "p4_answer", nil, nil},
	{"returned sheet", "p4_head", nil, first("return", wire.OperationRequest{Reason: "第一行核减依据不足", Target: "p4_sheet"})},
	{"recalculated", "p4_cross", []string{"ways=recalculate"}, nil},
	{"joint review with one signature", "p5_joint", nil, first("agree", wire.OperationRequest{Opinion: "同意"})},
	{
		"joint review with an added signer", "p5_joint", nil,
		first("addParallel", wire.OperationRequest{Persons: []string{"li-xin"}, Reason: "请业务岗一并会签"}),
	},
	{"delegated legal check", "p5_legal", nil, first("delegate", wire.OperationRequest{To: "wang-ke", Reason: "出差期间委托办理"})},
	{
		"transferred director's approval", "p5_director", nil,
		first("transfer", wire.OperationRequest{To: "gao-fenguan", Reason: "局长外出，请分管副局长办理"}),
	},
	{"suspended", "p5_legal", nil, func(b *builder, p seed.Played) {
		b.operate(p.Tasks[0], "zhao-kezhang", "suspend", wire.OperationRequest{Reason: "资金来源待核实，暂缓办理"})
	}},
	{"termination waits for its second person", "p5_head", nil, func(b *builder, p seed.Played) {
		b.operate(p.Tasks[0], "zhao-kezhang", "terminate", wire.OperationRequest{Reason: "项目内容与规划调整不符"})
	}},
	{"executive meeting", "p5_meeting", nil, nil},
	{"finance has refused", "p5_budget_fix", nil, nil},
	{"tender has failed", "p6_failed", []string{"packages=2"}, nil},
	{"plan to be checked", "p6_check", nil, nil},
	{"contract with one signature of two", "p7_review", nil, first("agree", wire.OperationRequest{Opinion: "条款合规"})},
	{"contract signed, publication awaited", "p7_milestones", nil, nil},
	{"under construction", "p8_supervise", nil, nil},
	{"preliminary acceptance", "p9_prelim", nil, nil},
	{"rectification after a failed acceptance", "r1_rectify", nil, nil},
	{"rectification referred up", "r1_reply", nil, nil},
	{"final papers missing", "p9_final_prepare", nil, nil},
	{"payment to be verified", "p10_verify", nil, nil},
	{"records to be mended", "p12_fix", nil, nil},
	{"archived", "ARCHIVED", []string{"level=3"}, nil},
	{"rejected", "REJECTED", nil, nil},
	{"withdrawn", "p2_check", nil, func(b *builder, p seed.Played) {
		b.must(b.as(b.clerk(p)).Post(b.ctx, "/api/v1/projects/"+p.Code+"/withdraw", "", wire.ProjectAct{Reason: "本年度不再实施该项目"}, nil))
	}},
}

// first lets the first holder of the first task do something.
func first(operation string, in wire.OperationRequest) func(*builder, seed.Played) {
	return func(b *builder, p seed.Played) { b.operate(p.Tasks[0], p.Tasks[0].Holders[0], operation, in) }
}

func saveDraft(data map[string]any, opinion string) func(*builder, seed.Played) {
	return func(b *builder, p seed.Played) {
		b.must(
			b.as(p.Tasks[0].Holders[0]).
				Do(b.ctx, http.MethodPut, "/api/v1/tasks/"+p.Tasks[0].Key+"/draft", "", wire.Draft{Data: data, Opinion: opinion}, nil),
		)
	}
}

// builder makes a fixture.
type builder struct {
	testing.TB
	ctx    context.Context
	url    string
	mu     sync.Mutex
	people map[string]*client.Client
	cases  map[string]string
}

func (b *builder) must(err error) {
	b.Helper()
	if err != nil {
		b.Error(err)
	}
}

func (b *builder) as(person string) *client.Client {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.people[person] == nil {
		c, err := client.SignIn(b.ctx, b.url, person, "", time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		b.people[person] = c
	}
	return b.people[person]
}

// clerk of the unit whose project it is.
func (b *builder) clerk(p seed.Played) string {
	b.Helper()
	project, err := b.as("zhao-kezhang").Project(b.ctx, p.Code)
	b.must(err)
	var people wire.People
	b.must(b.as("zhao-kezhang").Get(b.ctx, "/api/v1/people?post=APPLY_CLERK@"+project.Dept, &people))
	if len(people.People) == 0 {
		b.Fatalf("nobody is clerk of %s", project.Dept)
	}
	return people.People[0].ID
}

func (b *builder) operate(t seed.PlayedTask, person, operation string, in wire.OperationRequest) {
	b.Helper()
	c := b.as(person)
	detail, err := c.Task(b.ctx, t.Key)
	b.must(err)
	in.Version = detail.Version
	_, err = c.Operate(b.ctx, t.Key, operation, "", in)
	b.must(err)
}

// TestMakeFormerRelease makes the fixture; see scripts/former-release.sh.
func TestMakeFormerRelease(t *testing.T) {
	if *formerBinary == "" {
		t.Skip("it is made once for each release, with -former")
	}
	dir := t.TempDir()
	p := newProcess(t, *formerBinary, dir, "--seed=false")
	p.start(t.Context())
	b := &builder{TB: t, ctx: t.Context(), url: p.url(), people: map[string]*client.Client{}, cases: map[string]string{}}
	b.must(seed.Run(b.ctx, b.url, t.Output()))
	player, err := seed.NewPlayer(b.ctx, b.url)
	if err != nil {
		t.Fatal(err)
	}
	b.leave(player)
	b.beside(player)
	b.vacancy(player, filepath.Join(dir, "quancheng.db"))
	b.inFlight(player, dir)
	m := b.manifest()
	p.stop()
	if t.Failed() {
		t.Fatal(p.log())
	}
	pack(t, dir, m)
}

// leave plays the leftovers, several at a time; those that turn a fake bureau one by one.
func (b *builder) leave(player *seed.Player) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, 6)
	for _, l := range leftovers {
		play := func() {
			p, err := player.Play(b.ctx, l.mark, append([]string{"name=" + l.label}, l.set...))
			b.must(err)
			if err != nil {
				return
			}
			b.mu.Lock()
			b.cases[p.Code] = l.label
			b.mu.Unlock()
			if l.then != nil {
				l.then(b, p)
			}
		}
		if slices.Contains([]string{"p5_budget_fix", "p6_failed"}, l.mark) {
			wg.Wait()
			play()
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			play()
		})
	}
	wg.Wait()
}

// beside are matters without a case of their own: a rectification outside any
// project, a parked event, an offline registration that waits for its check.
func (b *builder) beside(player *seed.Player) {
	head := b.as("zhao-kezhang")
	for i, title := range []string{"机房空调告警未处理", "政务云账号未及时注销"} {
		var r wire.Rectification
		b.must(
			head.Post(
				b.ctx, "/api/v1/rectifications", "",
				wire.RectificationInput{Title: title, Description: title + "，巡检发现", OwnerDept: "DP18", Severity: "B", Source: "inspection"},
				&r,
			),
		)
		if i == 0 {
			continue
		}
		for range 100 {
			if b.must(head.Get(b.ctx, "/api/v1/rectifications/"+r.No, &r)); len(r.OpenTasks) > 0 {
				b.operate(
					seed.PlayedTask{Key: r.OpenTasks[0].Key}, "zhao-kezhang", "complete",
					wire.OperationRequest{Data: map[string]any{"ownerDept": "DP18", "severity": "B"}},
				)
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	p, err := player.Play(b.ctx, "p6_plan", []string{"name=offline registration waits for its check"})
	b.must(err)
	b.cases[p.Code] = "offline registration waits for its check"
	_, err = b.as("qian-caizheng").RegisterOffline(b.ctx, "", wire.OfflineInput{
		Partner: "finance", EventType: "budget.received", Project: p.Code, OccurredOn: time.Now().Format(time.DateOnly),
		Data: map[string]any{"pro_code": "P" + p.Code, "apply_up": "1360000.00"}, Reason: "财政系统检修，先行线下登记",
	})
	b.must(err)
}

// vacancy brings a case to an approval that nobody can give: an incident.
func (b *builder) vacancy(player *seed.Player, file string) {
	books, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	b.must(err)
	defer func() { b.must(books.Close()) }()
	_, err = books.ExecContext(b.ctx, `UPDATE person SET active = false WHERE id = 'xu-fazhi'`)
	b.must(err)
	p, err := player.Play(b.ctx, "p5_head", []string{"name=incident: the post is vacant"})
	b.must(err)
	b.cases[p.Code] = "incident: the post is vacant"
	b.operate(p.Tasks[0], p.Tasks[0].Holders[0], "agree", wire.OperationRequest{Opinion: "同意报批"})
	var incidents wire.IncidentPage
	b.must(b.as("zhao-kezhang").Get(b.ctx, "/api/v1/incidents", &incidents))
	if len(incidents.Items) != 1 {
		b.Errorf("%d incidents, not one", len(incidents.Items))
	}
	_, err = books.ExecContext(b.ctx, `UPDATE person SET active = true WHERE id = 'xu-fazhi'`)
	b.must(err)
}

// inFlight leaves traffic with the bureaus under way: one is away, the other takes its time, and one event matched nothing.
func (b *builder) inFlight(player *seed.Player, dir string) {
	head := b.as("zhao-kezhang")
	for _, l := range []struct{ bureau, fault, mark, label string }{
		{"procurement", `{"delaySeconds": 3600}`, "p6_check", "the tender is with the bureau"},
		{"finance", `{"away": true}`, "APPROVED", "finance is away"},
	} {
		b.must(head.Do(b.ctx, http.MethodPut, "/fake/"+l.bureau+"/faults", "", json.RawMessage(l.fault), nil))
		label := l.label
		p, err := player.Play(b.ctx, l.mark, []string{"name=" + label})
		b.must(err)
		b.cases[p.Code] = label
		for _, t := range p.Tasks {
			b.operate(t, t.Holders[0], "agree", wire.OperationRequest{Opinion: "采购需求与批复一致"})
		}
	}
	b.stray(dir)
}

// stray sends an event about a project that nobody knows.
func (b *builder) stray(dir string) {
	keys, err := devSecrets(filepath.Join(dir, "secrets.json"))
	b.must(err)
	now := time.Now()
	e := webhook.Envelope{
		EventID: uuid.NewString(), EventType: "budget.received", SchemaVersion: "1.0", Source: "finance", OccurredAt: now, SentAt: now,
		Correlation: webhook.Correlation{ProjectCode: "XM-1999-001"}, Data: json.RawMessage(`{"pro_code":"P1999","apply_up":"100.00"}`),
	}
	body, err := json.Marshal(e)
	b.must(err)
	req, err := http.NewRequestWithContext(b.ctx, http.MethodPost, b.url+"/integrations/finance", bytes.NewReader(body))
	b.must(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", e.EventID)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", keys["finance"].Sign(e.EventID, now, body))
	resp, err := http.DefaultClient.Do(req)
	b.must(err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusAccepted {
		answer, _ := io.ReadAll(resp.Body) // only to be shown
		b.Errorf("the stray event: %s %s", resp.Status, answer)
	}
	time.Sleep(2 * time.Second) // the inbox takes it
}

func (b *builder) manifest() manifest {
	m := manifest{Release: *formerName, MadeAt: time.Now().UTC(), Cases: b.cases, Ended: map[string]string{}}
	all, err := b.as("zhao-kezhang").Projects(b.ctx, "")
	b.must(err)
	for _, p := range all {
		if slices.Contains([]string{"ARCHIVED", "REJECTED", "WITHDRAWN", "TERMINATED"}, p.Stage) {
			m.Ended[p.Code] = p.Stage
		}
	}
	m.Figures = figuresOf(b.ctx, b, b.as("zhao-kezhang"))
	return m
}

// figuresOf are the figures of the first half of 2022.
func figuresOf(ctx context.Context, t testing.TB, c *client.Client) map[string]string {
	t.Helper()
	report, err := c.HalfYear(ctx, "2022-01-01", "2022-06-30", "")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range report.Figures {
		out[f.ID] = f.Value
	}
	return out
}
