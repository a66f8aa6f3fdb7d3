package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/texts"
)

// paperOf files a content for a project and gives its id.
func (d *desk) paperOf(project, content string) string {
	d.t.Helper()
	doc := papers.Document{Project: project, Kind: "acceptance", Title: content, FileName: "a.pdf", Digest: content}
	d.tx(func(tx *gorm.DB) error { return papers.AddDocument(tx, d.who("APPLY_CLERK@DP18", 0), &doc) })
	return doc.ID
}

// gated are the rules that refuse an act at a point as the books stand.
func (d *desk) gated(point string) (rules []string) {
	d.t.Helper()
	err := d.db.Tx(context.Background(), func(tx *gorm.DB) error {
		return commands.Gate(
			tx, d.who("APPLY_CLERK@DP18", 0),
			commands.Act{Headers: map[string]string{"checks": point, "answers": "later"}, Project: d.project().Code, Root: 1},
		)
	})
	var r *models.Refusal
	if err != nil && !errors.As(err, &r) {
		d.t.Fatal(err)
	}
	if r == nil {
		return nil
	}
	for _, f := range r.Fields {
		rule := f.Check.Rule + f.Pointer
		if f.Check.Detail.ZH == "" || f.Check.Satisfy.ZH == "" {
			d.t.Errorf("%s says neither why nor what to do: %+v", rule, f.Check)
		}
		rules = append(rules, rule)
	}
	return rules
}

// building plays a project to the end of its construction; its contract promises two things.
func (d *desk) building() {
	d.draft()
	d.applied()
	d.accepted()
	d.reviewed()
	d.trimmed()
	d.approved()
	d.procured()
	d.contracted()
	d.built()
	d.tx(func(tx *gorm.DB) error {
		return tx.Model(&books.Contract{}).
			Where("project = ?", d.project().Code).
			Update("deliverables", models.JSONOf([]string{"应用系统", "源代码"})).
			Error
	})
}

const clerk, builder = "APPLY_CLERK@DP18", "SUPPLIER_PM@SU01"

// TestWalkOfOneClerk plays the walk that once went through: one clerk records both acceptances with a
// group of the supplier's people, twelve papers without a file, and a trial run of no days.
func TestWalkOfOneClerk(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.building()
		d.on = ""
		d.prelimWalk()
		d.trialWalk()
		d.finalWalk()
	})
}

// all is what must be in a refusal, in this order; every code of it is told in words with a way out.
func (d *desk) all(post, name, data string, want ...string) {
	d.t.Helper()
	got := d.refused(post, name, data)
	for _, w := range want {
		if !strings.Contains(got, w) {
			d.t.Errorf("%s %s\n got %s\nwant %s", name, data, got, w)
		}
	}
	for _, part := range strings.Split(got, "; ") {
		if _, code, ok := strings.Cut(part, ": "); ok && !texts.Has(code) {
			d.t.Errorf("%s has no text", code)
		}
	}
}

func (d *desk) prelimWalk() {
	code := d.project().Code
	d.headers = map[string]string{"kind": books.Prelim, "rectifyDays": "30"}
	other := d.paperOf("", "another's")
	d.tx(func(tx *gorm.DB) error {
		bad := books.Project{
			Code: "XM-2022-901", Name: "别的项目", DeptID: "DP05", Stage: books.Building, Form: models.JSON("{}"), DraftedOn: "2022-01-01",
		}
		if err := tx.Create(&bad).Error; err != nil {
			return err
		}
		return tx.Model(&papers.Document{}).Where("id = ?", other).Update("project", bad.Code).Error
	})
	file, copied := d.paperOf(code, "应用系统交付单"), d.paperOf(code, "another's")
	d.all(
		builder, "acceptance.request",
		`{"deliverables":[{"name":"应用系统"},{"name":"锦旗","document":["`+other+`"]},{"name":"源代码","document":["`+copied+`"]}]}`,
		"/deliverables/0/document: file-missing", "/deliverables/1/name: not-promised", "/deliverables/1/document/0: document-unknown",
		"/deliverables/2/document/0: evidence-reused",
	)
	d.keep(commands.Result{"kind": books.Prelim})
	d.run(builder, "acceptance.request", `{"deliverables":[{"name":"应用系统","document":["`+file+`"]}]}`)
	if got := d.gated("acceptance.prelim"); !slices.Equal(got, []string{"D05/deliverables", "D06/certificates"}) {
		d.t.Errorf("before: %v", got)
	}
	ready, _ := json.Marshal(d.system("acceptance.readiness")["readiness"])
	if !strings.Contains(string(ready), "源代码 未交付") || !strings.Contains(string(ready), `"ready":false`) {
		d.t.Errorf("readiness %s", ready)
	}
	certificate := `{"certificates":[{"kind":"filing","org":"%s","level":2,"dated":"%s","result":"pass"%s}],"deliverables":[{"name":"源代码","document":["` + file + `"]}]}`
	d.all(clerk, "acceptance.evidence", fmt.Sprintf(certificate, "示例软件有限公司测评部", "2027-01-01", ""),
		"/certificates/0/dated: date-in-future", "/certificates/0/org: tester-not-independent", "/certificates/0/document: file-missing")
	d.run(clerk, "acceptance.evidence", fmt.Sprintf(certificate, "县公安局网安大队", "2022-08-01", `,"document":["`+file+`"]`))
	if got := d.gated("acceptance.prelim"); got != nil {
		d.t.Errorf("ready, and yet %v", got)
	}
	d.want(d.system("acceptance.readiness"), "readiness", `{"ready":true,"reason":""}`)
	d.prelimSitting(file)
}

const independent = `{"name":"甲","org":"县财政局"},{"name":"乙","org":"县审计局"},{"name":"丙","org":"县档案馆"}`

func (d *desk) prelimSitting(file string) {
	form := func(group, rest string) string {
		return `{"group":[` + group + `],"items":[{"clause":"性能","result":"pass"}],"conclusion":"pass",` + rest + `}`
	}
	signed := `"signed":["` + file + `"]`
	theirs := `{"name":"某甲","org":"示例软件有限公司"},{"name":"程建","org":"个人"},{"name":"某乙","org":"示例监理单位 一部"}`
	d.all(
		clerk, "acceptance.hold", form(theirs, `"date":"2026-11-20"`), "/group/0/org: group-not-independent",
		"/group/1/name: group-lately-employed", "/group/2/org: group-not-independent", "/signed: file-missing",
	)
	d.all(
		clerk, "acceptance.hold", form(independent+`,{"name":"甲","org":"县财政局"}`, `"date":"2022-07-11",`+signed), "/group: group-not-odd",
		"/group/3/name: twice", "/date: before-contract",
	)
	d.all(clerk, "acceptance.hold", form(independent, `"date":"2026-11-25",`+signed), "/date: date-in-future")
	d.all(
		clerk, "acceptance.hold", form(independent, `"date":"2026-11-20","trialEnds":"2026-11-20",`+signed), "/trialEnds: trial-too-short",
	)
	d.all(
		clerk, "acceptance.hold", form(independent, `"date":"2026-11-20","trialMonths":1,"trialEnds":"2026-12-19",`+signed),
		"/trialEnds: trial-too-short",
	)
	conditional := strings.Replace(
		form(independent, `"date":"2026-11-20","rectifyDue":"2026-12-21",`+signed), `"conclusion":"pass"`, `"conclusion":"conditional"`, 1,
	)
	d.all(clerk, "acceptance.hold", conditional, "/comment: reason-too-short", "/rectifyDue: rectify-due-out")
	d.all(
		clerk, "acceptance.hold",
		strings.Replace(form(independent, `"date":"2026-11-20",`+signed), `"result":"pass"`, `"result":"fail"`, 1),
		"/items/0/result: failed-item-accepted", "/items/0/note: required",
	)
	r := d.run(clerk, "acceptance.hold", form(independent, `"date":"2026-11-20",`+signed))
	d.want(r, "trialEnds", `"2027-02-20"`) // three months: the contract is silent
	d.stage(books.PrelimPassed)
}

func (d *desk) trialWalk() {
	log := d.paperOf(d.project().Code, "监测日志")
	d.all(clerk, "acceptance.trial", `{"decision":"finish","availability":99.9}`, "/decision: trial-not-over", "/logs: file-missing")
	d.all(
		clerk, "acceptance.trial",
		`{"decision":"incident","incident":{"severity":1,"happenedOn":"2026-11-01","endedOn":"2026-10-01","text":""}}`,
		"/incident/text: required", "/incident/endedOn: end-before-start", "/incident/happenedOn: before-trial",
	)
	d.tx(func(tx *gorm.DB) error { return books.AgeTrial(tx, d.project().Code) })
	d.run(
		clerk, "acceptance.trial",
		`{"decision":"incident","incident":{"severity":2,"happenedOn":"2026-11-20","endedOn":"2026-11-21","text":"缓慢"}}`,
	)
	d.all(clerk, "acceptance.trial", `{"decision":"finish","availability":98.9,"logs":["`+log+`"]}`, "/availability: availability-low")
	d.run(
		clerk, "acceptance.trial",
		`{"decision":"incident","incident":{"severity":1,"happenedOn":"2026-11-22","endedOn":"2026-11-23","text":"全部停机"}}`,
	)
	d.all(
		clerk, "acceptance.trial", `{"decision":"finish","availability":99.9,"logs":["`+log+`"]}`, "/decision: trial-not-over",
	) // it began again
	d.tx(func(tx *gorm.DB) error { return books.AgeTrial(tx, d.project().Code) })
	d.want(d.run(clerk, "acceptance.trial", `{"decision":"finish","availability":99.9,"logs":["`+log+`"]}`), "trialOver", "true")
}

func (d *desk) finalWalk() {
	code := d.project().Code
	d.headers = map[string]string{"kind": books.Final, "rectifyDays": "30", "reviewShare": "3"}
	var codes, papersOf []string
	for _, c := range []string{"summary", "user", "supervision", "settlement", "audit", "mlps", "crypto", "test", "sharing", "archive",
		"assets", "change"} {
		codes = append(codes, `{"code":"`+c+`"}`)
		if c != "sharing" && c != "archive" {
			papersOf = append(papersOf, `{"code":"`+c+`","document":["`+d.paperOf(code, c)+`"]}`)
		}
	}
	d.all(
		clerk, "acceptance.evidence", `{"materials":[`+strings.Join(codes, ",")+`]}`, "/materials/0/document: file-missing",
		"/materials/8/code: issued-by-another", "/materials/11/document: file-missing",
	)
	if got := d.gated("acceptance.final"); !slices.Contains(got, "D08/materials") {
		d.t.Errorf("without papers: %v", got)
	}
	d.run(clerk, "acceptance.evidence", `{"materials":[`+strings.Join(papersOf, ",")+`]}`)
	d.run(
		"BUREAU_REVIEW_B@DP34", "acceptance.catalogue",
		`{"entries":[{"resource":"结果","code":"M1","shared":"yes"}],"document":["`+d.paperOf(code, "共享证明")+`"]}`,
	)
	d.all("ARCHIVIST@DP34", "acceptance.archive", `{"conclusion":"pass"}`, "/document: file-missing")
	d.want(d.run("ARCHIVIST@DP34", "acceptance.archive", `{"conclusion":"fail","comment":"缺少监理月报"}`), "archivePassed", "false")
	if got := d.gated("acceptance.final"); !slices.Equal(got, []string{"D08/materials"}) {
		d.t.Errorf("without the archivist's word: %v", got)
	}
	d.run("ARCHIVIST@DP34", "acceptance.archive", `{"conclusion":"pass","document":["`+d.paperOf(code, "档案意见")+`"]}`)
	if got := d.gated("acceptance.final"); got != nil {
		d.t.Errorf("whole, and yet %v", got)
	}
	d.run(clerk, "acceptance.apply", `{"comment":"申请终验"}`)
	d.all("DRAW_OPERATOR@DP34", "acceptance.draw", `{"size":4}`, "/size: group-not-odd")
	d.run("DRAW_OPERATOR@DP34", "acceptance.draw", `{"size":3}`)
	d.all("DRAW_OPERATOR@DP34", "acceptance.draw", `{"size":3}`, "/reason: reason-too-short")
	d.finalSitting()
}

func (d *desk) finalSitting() {
	sheet := d.paperOf(d.project().Code, "终验签字页")
	_, drawn, _, err := books.LastAcceptanceDraw(d.db.Read(context.Background()), d.project().Code)
	if err != nil || len(drawn) != 3 {
		d.t.Fatalf("drawn %v, %v", drawn, err)
	}
	var again int64
	d.db.Read(context.Background()).
		Model(&books.ExpertSeat{}).
		Where("project = ? AND person_id IN ?", d.project().Code, drawn).
		Count(&again)
	if again > 1 {
		d.t.Errorf("%d of the review's experts sit again", again)
	}
	form := `{"group":[%s],"items":[{"clause":"性能","result":"pass"}],"conclusion":"pass","date":"%s","signed":["` + sheet + `"]%s}`
	d.all(clerk, "acceptance.hold", fmt.Sprintf(form, independent, "2026-11-24", ""), "/group: expert-missing")
	var names, group []string
	d.db.Read(context.Background()).Table("person").Where("id IN ?", drawn).Pluck("name", &names)
	for _, n := range names {
		group = append(group, `{"name":"`+n+`","org":"县专家库"}`)
	}
	seats := strings.Join(group, ",")
	d.all(
		clerk, "acceptance.hold", fmt.Sprintf(form, seats, "2099-01-01", `,"availability":10`), "/date: date-in-future",
		"/availability: availability-low",
	)
	d.all(clerk, "acceptance.hold", fmt.Sprintf(form, seats, "2024-12-01", ""), "/date: trial-not-over") // before the trial run was over
	d.run(clerk, "acceptance.hold", fmt.Sprintf(form, seats, "2026-11-24", ""))
	d.stage(books.FinalPassed)
}
