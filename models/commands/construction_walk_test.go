package commands_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

const watcher = "SUPERVISOR_PM@SV01"

// TestConstruction: the kick-off against the bid, evidence of this project alone, the supervising
// engineer on the site, what the bureau makes of a delay, and a spot check by chance.
func TestConstruction(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		for _, step := range []func(){d.draft, d.applied, d.accepted, d.reviewed, d.trimmed, d.approved, d.procured, d.contracted} {
			step()
		}
		d.kickOff()
		d.report()
		d.supervised()
		d.inspected()
	})
}

func (d *desk) kickOff() {
	d.on = ""
	d.all(builder, "construction.open", `{"startedOn":"2022-07-11","team":[]}`, "/startedOn: started-before-contract", "/team: required")
	d.all(builder, "construction.open", `{"startedOn":"2026-11-25","team":[{"role":"项目经理","name":"甲"},{"role":"项目经理","name":" "}]}`,
		"/startedOn: date-in-future", "/team/1/name: required", "/team/1/role: twice")
	d.run(
		builder, "construction.open",
		`{"startedOn":"2022-08-01","team":[{"role":"项目经理","name":"乙","bidName":"甲"},{"role":"技术负责人","name":"丙"}]}`,
	)
	d.stage(books.Building)
	d.run(
		builder, "construction.open",
		`{"startedOn":"2022-08-01","team":[{"role":"项目经理","name":"乙","bidName":"甲"},{"role":"技术负责人","name":"丙"}]}`,
	) // returned, and again
	d.tx(func(tx *gorm.DB) error {
		s, err := commands.ProjectSubject(tx, d.project().Code, 1)
		if err != nil {
			return err
		}
		rep, _, err := commands.Checks.Look(tx, d.who(builder, 0), "progress", s)
		if d01, ok := rep.Result("D01"); !ok || len(d01.Findings) != 1 || !strings.Contains(d01.Findings[0].Detail.ZH, "项目经理应为投标承诺的甲") {
			d.t.Errorf("D01 says %+v", d01)
		}
		return err
	})
}

func (d *desk) report() {
	code := d.project().Code
	one, two, other := d.paperOf(code, "佐证一"), d.paperOf(code, "佐证二"), d.paperOf("", "别家")
	d.tx(func(tx *gorm.DB) error {
		return tx.Exec("UPDATE document SET project = 'XM-2022-777' WHERE id = ?", other).Error
	})
	copied := d.paperOf(code, "别家")
	d.keep(commands.Result{"milestone": map[string]any{"no": 1, "name": "开工"}})
	d.all(builder, "progress.submit", `{"percent":100,"period":"2026-11"}`, "/evidence: file-missing")
	d.all(
		builder, "progress.submit", `{"percent":101,"period":"2027-01","evidence":["`+copied+`"]}`, "/percent: number-range",
		"/period: date-in-future", "/evidence/0: evidence-reused",
	)
	d.run(builder, "progress.submit", `{"percent":60,"period":"2026-10","evidence":["`+one+`"]}`)
	d.all(builder, "progress.submit", `{"percent":50,"period":"2026-11","evidence":["`+one+`"]}`, "/percent: progress-back-without-reason")
	d.run(builder, "progress.submit", `{"percent":50,"period":"2026-11","evidence":["`+one+`"],"comment":"返工重做接口"}`)
	d.keep(commands.Result{"milestone": map[string]any{"no": 2, "name": "上线"}})
	d.all(builder, "progress.submit", `{"percent":10,"period":"2026-11","evidence":["`+one+`"]}`, "/evidence/0: evidence-of-milestone")
	d.run(builder, "progress.submit", `{"percent":10,"period":"2026-11","evidence":["`+two+`"]}`)
}

func (d *desk) supervised() {
	code := d.project().Code
	photo := d.paperOf(code, "到场照片")
	d.all(
		watcher, "supervision.report", `{"month":"2026-13","progress":"","quality":"好"}`, "/month: month-format", "/progress: required",
		"/onSite: nobody-on-site", "/document: file-missing",
	)
	form := `{"month":"2026-11","progress":"滞后","quality":"可控","onSite":[{"on":"%s","place":"政务云机房","document":["` + photo +
		`"]}],"document":["` + photo + `"]}`
	d.all(watcher, "supervision.report", fmt.Sprintf(form, "2026-10-30"), "/onSite/0/on: another-month")
	d.run(watcher, "supervision.report", fmt.Sprintf(form, "2026-11-03"))
	d.all(watcher, "supervision.report", fmt.Sprintf(form, "2026-11-03"), "/month: month-reported")
	r := d.system("construction.month") // four years late
	d.want(r, "delayCard", `"red"`)
	d.want(r, "delaySerious", "true")
	d.all(
		"BUREAU_REVIEW_A@DP34", "construction.decide", `{"decision":"forget","comment":"无"}`, "/decision: not-an-option",
		"/comment: reason-too-short",
	)
	d.run("BUREAU_REVIEW_A@DP34", "construction.decide", `{"decision":"rectify","comment":"连续滞后，限期追赶"}`)
	d.findings(1)
}

func (d *desk) findings(want int) {
	d.t.Helper()
	var rows []books.Rectification
	if err := d.db.Read(context.Background()).Where("project = ? AND source = 'inspection'",
		d.project().Code).Find(&rows).Error; err != nil ||
		len(rows) != want {
		d.t.Errorf("%d rectifications, %v, want %d", len(rows), err, want)
	}
}

func (d *desk) inspected() {
	d.tx(func(tx *gorm.DB) error {
		_, err := process.StoreBundle(
			tx, d.who("BUREAU_CHIEF@DP34", 0), "digest2", []process.BundleFile{{Name: "empty2.bpmn", Data: []byte("<y/>")}},
			[]process.Definition{{Process: commands.InspectionProcess}},
		)
		return err
	})
	draw := func(size int, reason string) (out []books.Inspection, err error) {
		err = d.db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
			_, out, err = commands.DrawInspections(tx, d.who("BUREAU_CHIEF@DP34", 0), size, reason)
			return err
		})
		return out, err
	}
	if _, err := draw(0, "抽"); err == nil || err.Error() != "invalid-data; /reason: reason-too-short; /size: number-range" {
		d.t.Errorf("a draw of none: %v", err)
	}
	if _, err := draw(2, "季度双随机抽查"); err == nil || err.Error() != "inspection-pool-too-small" {
		d.t.Errorf("a draw of more than there are: %v", err)
	}
	ks, err := draw(1, "季度双随机抽查")
	if err != nil || len(ks) != 1 || ks[0].Project != d.project().Code {
		d.t.Fatalf("drawn %v, %v", ks, err)
	}
	var pool, inspectors []string
	if err := ks[0].Pool.Into(&pool); err != nil {
		d.t.Fatal(err)
	}
	if err := ks[0].Inspectors.Into(&inspectors); err != nil ||
		!slices.Equal(inspectors, commands.Shuffle(ks[0].Seed, pool)[:len(inspectors)]) {
		d.t.Errorf("%v cannot be drawn again from %v: %v", inspectors, pool, err)
	}
	if _, err := draw(1, "季度双随机抽查"); err == nil {
		d.t.Error("a project is drawn while its check is open")
	}
	d.keep(commands.Result{"inspectionNo": ks[0].No})
	photo := d.paperOf(d.project().Code, "抽查照片")
	d.all("BUREAU_REVIEW_B@DP34", "inspection.record", `{"date":"2026-12-01","place":"","result":"issues"}`,
		"/date: date-in-future", "/issues: issues-and-result", "/photos: file-missing", "/place: required")
	d.run(
		"BUREAU_REVIEW_B@DP34", "inspection.record",
		`{"date":"2026-11-24","place":"机房","result":"issues","issues":[{"title":"监理不在场","text":"无签到"}],"photos":["`+photo+`"]}`,
	)
	d.want(d.system("inspection.close"), "inspectionResult", `"issues"`)
	d.findings(2)
}
