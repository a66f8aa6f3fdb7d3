package books_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
)

// BenchmarkDetection judges an application of 1,000 lines against 100,000 lines
// of 2,000 submissions: when it is opened first, live as it is edited (its name and
// a line), and what the act adds, which reads what was found before it.
func BenchmarkDetection(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		b.Run(name, func(b *testing.B) { detection(b, modelstest.Open(b, dsn(b))) })
	}
}

func detection(b *testing.B, db *models.DB) {
	ctx := context.Background()
	a := models.Acting{Person: models.System, At: time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC), BusinessDate: "2022-06-01"}
	if err := db.Tx(ctx, func(tx *gorm.DB) error { return county(tx, a) }); err != nil {
		b.Fatal(err)
	}
	p, err := books.FindProject(db.Read(ctx), "XM-2022-9999")
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	look := func(name string) time.Duration {
		p.Name = name // another text: nothing is known of it
		start := time.Now()
		if _, err := books.Detect(db.Read(ctx), p, a.On()); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	look("first")
	b.ReportMetric(time.Since(start).Seconds(), "s/index")
	var first, live, act []time.Duration
	for i := range 5 {
		books.ForgetLines()
		first = append(first, look(fmt.Sprintf("智慧平台第 %d 稿", i)))
	}
	for b.Loop() {
		err := db.Tx(ctx, func(tx *gorm.DB) error {
			return tx.Model(&books.BudgetLine{}).
				Where("project = ? AND line_no = ?", p.Code, 1+len(live)).
				Update("spec", fmt.Sprintf("改过的规格 %d 口", len(live))).
				Error
		})
		if err != nil {
			b.Fatal(err)
		}
		live = append(live, look(fmt.Sprintf("智慧平台 %d", len(live))))
	}
	found, err := books.Foresee(db.Read(ctx), p.Code, a.On())
	if err != nil {
		b.Fatal(err)
	}
	err = db.Tx(ctx, func(tx *gorm.DB) error {
		if err := found.Keep(tx, a.At); err != nil {
			return err
		}
		p, err := books.FindProject(tx, p.Code)
		for range 40 {
			books.Forget()
			start := time.Now()
			if _, err := books.Detect(tx, p, a.On()); err != nil {
				return err
			}
			act = append(act, time.Since(start))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(p95(first), "ms/first-p95")
	b.ReportMetric(p95(live), "ms/live-p95")
	b.ReportMetric(p95(act), "ms/act-p95")
	b.ReportMetric(ms(act[len(act)/2]), "ms/act-p50")
}

func p95(all []time.Duration) float64 {
	slices.Sort(all)
	return ms(all[len(all)*95/100])
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// county has 2,000 submissions of 50 lines each, and a draft of 1,000 lines.
func county(tx *gorm.DB, a models.Acting) error {
	if err := demo.Install(tx, a); err != nil {
		return err
	}
	things := []string{
		"服务器", "交换机", "摄像机", "数据库软件授权", "水位计", "投影仪", "机柜", "会议终端", "打印机", "防火墙", "存储阵列", "精密空调", "光缆敷设", "数据清洗", "系统集成", "短信服务", "无人机",
		"执法记录仪", "充电桩", "传感器",
	}
	words := []string{"国产", "冗余电源", "红外", "全彩", "室内", "户外", "双控", "三年质保", "机架式", "便携", "防水", "万兆", "千兆", "低功耗", "加密"}
	line := func(code string, no, i int) books.BudgetLine {
		return books.BudgetLine{
			Project: code, LineNo: no, Category: "硬件", Name: things[i%20] + words[i/20%15], Unit: []string{"台", "套", "项"}[i%3],
			Spec: fmt.Sprintf("%s，%d口，%dGB，型号%c%c", words[i/7%15], i%97, 8+i%509, rune(0x4e00+i%4999), rune(0x4e00+i/3%5003)),
		}
	}
	at := a.At.AddDate(0, -3, 0)
	var projects []books.Project
	var revisions []books.Revision
	for n := range 2000 {
		code := fmt.Sprintf("XM-2021-%04d", n)
		lines := make([]books.BudgetLine, 50)
		for k := range lines {
			lines[k] = line(code, k+1, n*50+k)
		}
		name := words[n%15] + things[n/15%20] + fmt.Sprintf("%c%c平台", rune(0x4e00+n%4000), rune(0x5e00+n/2))
		projects = append(
			projects,
			books.Project{
				Code: code, Name: name, DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: books.Submitted,
				DraftedOn: "2022-02-01", SubmittedOn: "2022-03-01", RevisionNo: 1, CreatedAt: at, UpdatedAt: at,
			},
		)
		revisions = append(
			revisions,
			books.Revision{
				Project: code, RevisionNo: 1, Digest: "d" + code, SubmittedAt: at, BusinessDate: "2022-03-01",
				Content: models.JSONOf(map[string]any{"name": name, "lines": lines}),
			},
		)
	}
	own := books.Project{
		Code: "XM-2022-9999", Name: "大项目", DeptID: "DP02", Type: "新建", Form: models.JSON("{}"), Stage: books.Draft, DraftedOn: "2022-05-01",
		CreatedAt: at, UpdatedAt: at,
	}
	lines := make([]books.BudgetLine, 1000)
	for k := range lines {
		lines[k] = line(own.Code, k+1, 100_000+k*7)
	}
	for _, rows := range []any{&projects, &own, &revisions, &lines} {
		if err := tx.CreateInBatches(rows, 100).Error; err != nil {
			return err
		}
	}
	return nil
}
