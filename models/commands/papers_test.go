package commands_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
)

// lifePapers are the papers of the life that TestWholeLife plays, and what stands in them.
var lifePapers = map[string]struct {
	n    int
	says string // of the last one
}{
	"application_form":     {2, "第2版"},
	"receipt_slip":         {1, "不表示受理"},
	"supplement_notice":    {1, "等保方案"},
	"acceptance_notice":    {1, "予以受理"},
	"draw_record":          {2, "种子摘要"},
	"avoidance_pledge":     {4, "不存在应当回避的情形"},
	"expert_opinion":       {3, "偏高"},
	"group_opinion":        {1, "专家组3人，同意3人，不同意0人，结论为修改后通过"},
	"trim_consultation":    {1, "拟核定87.00万元，核减45.00万元"},
	"review_opinion":       {2, "核定90.00万元"},
	"approval_sheet":       {1, "第1次"},
	"approval_reply":       {1, "（1）完成等级保护备案，于2022年6月30日前完成。"},
	"need_check":           {2, "采购包"},
	"contract_filing":      {2, "付款约定"},
	"kickoff_report":       {1, "开工日期"},
	"progress_report":      {2, "里程碑"},
	"rectification_notice": {1, "整改"},
	"rectification_check":  {2, "整改"},
	"prelim_report":        {1, "附条件通过"},
	"final_application":    {1, "财务结算报告"},
	"final_report":         {1, "结论"},
	"payment_check":        {3, "付款核验单"},
	"archive_list":         {1, "审查意见书"},
	"four_property_report": {1, "完整性"},
	"transfer_list":        {1, "双方核对无误"},
}

// papers checks what the life has issued: every kind as often as its moment came, each
// with its number; the draw's record names nobody.
func (d *desk) papers() {
	d.t.Helper()
	read := d.db.Read(context.Background())
	var docs []papers.Document
	if err := read.Where("project = ? AND template <> ''", d.project().Code).Order("created_at, id").Find(&docs).Error; err != nil {
		d.t.Fatal(err)
	}
	got, last := map[string]int{}, map[string]papers.Document{}
	for _, doc := range docs {
		got[doc.Template]++
		last[doc.Template] = doc
		if doc.DocNo == "" || !doc.Whole() {
			d.t.Errorf("%s has no number, or another text than was digested", doc.Template)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(got)) {
		if _, ok := lifePapers[kind]; !ok {
			d.t.Errorf("nobody expects %s", kind)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(lifePapers)) {
		want := lifePapers[kind]
		if got[kind] != want.n {
			d.t.Errorf("%s was issued %d times, not %d", kind, got[kind], want.n)
		}
		if text := said(d.t, last[kind]); got[kind] > 0 && !strings.Contains(text, want.says) {
			d.t.Errorf("%s does not say %q: %s", kind, want.says, text)
		}
	}
	experts, err := office.Members(read, "EXPERT@EX00")
	if err != nil || len(experts) == 0 {
		d.t.Fatalf("experts %v, %v", experts, err)
	}
	for _, id := range experts {
		name, err := office.PersonName(read, id)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, kind := range []string{"draw_record", "group_opinion"} {
			if doc := last[kind]; strings.Contains(doc.Tree, name) || strings.Contains(doc.Tree, id) ||
				strings.Contains(string(doc.Data), id) {
				d.t.Errorf("%s names %s", kind, id)
			}
		}
	}
}

// said is the text of a paper.
func said(t testing.TB, doc papers.Document) string {
	t.Helper()
	tree, ok, err := doc.Paper()
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	var b strings.Builder
	for _, x := range tree.Blocks {
		b.WriteString(x.Text + "\n")
		if x.Table != nil {
			for _, row := range slices.Concat([][]string{x.Table.Head}, x.Table.Rows, [][]string{x.Table.Total}) {
				b.WriteString(strings.Join(row, " | ") + "\n")
			}
		}
	}
	return b.String()
}

// A supplement that nobody hands in, and a matter that is ended, have their papers;
// a draft that never left the department has none.
func TestPapersOfEnds(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	d := open(t, db)
	d.draft()
	d.applied()
	d.on = "2022-02-18"
	d.run("BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"supplement","supplementItems":[{"item":"等保方案","requirement":"补充"}]}`)
	d.on = "2022-03-04"
	d.headers = map[string]string{"stage": "WITHDRAWN", "reason": "逾期未补正，视为撤回"}
	d.system("project.close")
	code := d.project().Code
	if text := said(t, d.newest(code)); !strings.Contains(text, "前按县数资补〔2022〕1号补正") {
		t.Errorf("lapse: %s", text)
	}
	a := d.who("BUREAU_CHIEF@DP34", 0)
	a.Reason = "建设条件已经变化。"
	d.tx(func(tx *gorm.DB) error {
		return commands.Terminate(tx, commands.Call{Name: "terminate", Acting: a, Root: 1, Vars: d.vars, Workday: d.days}, code)
	})
	if text := said(t, d.newest(code)); !strings.Contains(text, "因建设条件已经变化，自本通知书送达之日起终止") || strings.Contains(text, "收回") {
		t.Errorf("termination: %s", text)
	}
}

// newest is the paper of a project that was issued last.
func (d *desk) newest(project string) (doc papers.Document) {
	d.t.Helper()
	if err := d.db.Read(context.Background()).Where("project = ? AND template <> ''",
		project).Order("CAST(id AS INTEGER) DESC").Take(&doc).Error; err != nil {
		d.t.Fatal(err)
	}
	return doc
}

// A campaign tells its weekly state in a bulletin, and its end in a summary: the sums are those of the rows.
func TestPapersOfACampaign(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	d := open(t, db)
	d.on = "2022-05-06"
	a := d.who("BUREAU_CHIEF@DP34", 0)
	a.BusinessDate = "2022-04-15"
	var k campaign.Campaign
	d.tx(func(tx *gorm.DB) (err error) {
		k, err = campaign.Create(
			tx, a,
			campaign.Campaign{Name: "局长走流程", StartsOn: "2022-04-18", EndsOn: "2022-07-31", LateDays: 5, Substitutes: 20, UrgeAfter: 3},
			[]string{"DP18", "DP04"},
		)
		return err
	})
	d.vars["campaign"] = k.ID
	d.system("campaign.bulletin")
	text := said(t, d.newest(""))
	for _, want := range []string{"第1期。截至2022年5月6日，2家单位体验事项0项", "进度不足的单位：", "合计 | — | 0 | 0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the bulletin does not say %q: %s", want, text)
		}
	}
	d.on = "2022-07-31"
	d.run("BUREAU_CHIEF@DP34", "campaign.close", `{"summary":"活动结束"}`)
	if text := said(t, d.newest("")); !strings.Contains(text, "局长走流程活动总结") || !strings.Contains(text, "没有登记原因") {
		t.Errorf("the summary says %s", text)
	}
}
