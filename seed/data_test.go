package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// The shipped data set makes the totals that are given (domain/data-model.md §6.2–6.3).
func TestExample(t *testing.T) {
	d, err := Example()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{"items": len(d.Items), "units": len(d.Campaign.Units), "walks": len(d.Walks), "issues": issues(d.Walks)}
	days := decimal.Zero
	for _, w := range d.Walks {
		for _, i := range w.Issues {
			got[i.Becomes]++
			got["materials"] += i.Materials
			got["steps"] += i.Steps
			if i.Days != "" {
				days = days.Add(decimal.RequireFromString(i.Days))
			}
			if i.ClosedOn > "2022-06-30" || i.ClosedOn < w.On {
				t.Errorf("an issue of %s ends on %s", w.On, i.ClosedOn)
			}
			if i.Returns > 0 {
				got["returned"]++
			}
		}
	}
	for _, i := range d.Items {
		if i.Kind == "行政许可" {
			got["licences"]++
			got["legal"] += i.LegalDays
			got["promised"] += i.PromisedDays
			if i.Instant {
				got["instant"]++
			}
		}
	}
	for _, b := range d.Stuck {
		got["stuck"+b.Outcome]++
	}
	want := map[string]int{
		"stuck": 25, "stuckresolved": 2, "items": 640, "units": 26, "walks": 552, "issues": 315, "closed": 310, "referred": 5, "materials": 58, "steps": 35,
		"licences": 340, "legal": 6800, "promised": 340, "instant": 320, "returned": 8,
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%s: %d, want %d", k, got[k], n)
		}
	}
	if days.String() != "103.4" {
		t.Errorf("days: %s", days)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadData(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("a data set is not read as it was written (%v)", err)
	}
}

// Every mistake of a data set is told with its line and its field, all at once.
func TestMistakesOfADataSet(t *testing.T) {
	const campaign = `"campaign": {"name": "走流程", "startsOn": "2022-04-18", "endsOn": "2022-06-30",
  "units": [{"unit": "DP01", "items": ["A"]}]}`
	for raw, want := range map[string]string{
		"{\n \"walks\": [{\"item\": \"A\"}]}": "第 2 行 walks：有走流程记录，但没有 campaign",
		"{\"items\": [\n {\"code\": \"A\", \"name\": \"甲\", \"validFrom\": \"2022-01-01\"},\n {\"code\": \"A\", \"name\": \"乙\", \"validFrom\": \"2022-01-01\"}]}": "第 3 行 items 第2条 code：A 重复",
		"{\"items\": [\n\n {\"code\": \"A\", \"name\": \"甲\", \"validFrom\": \"2022年1月\"}]}":                                                                       "第 3 行 items 第1条 validFrom：“2022年1月”不是日期，请写成 2022-06-30",
		"{\n\"items\": [{\"code\": \"A\",\n \"legalDays\": \"二十\"}]}":                                                                                              "第 3 行 items legalDays：类型不对（写成了 string，应为 数字）",
		"{\n\"wolks\": []}":  "wolks：没有这个字段，请与 --example 打印的示例核对",
		"{\n\"items\": [,]}": "第 2 行：不是正确的 JSON，请检查逗号、引号和括号",
		"{\n\"items\": [\n":  "：文件不完整，结尾缺少括号",
		"{" + campaign + ",\n\"walks\": [{\"item\": \"A\", \"on\": \"2022-07-01\"}]}":                                                             "第 3 行 walks 第1条 on：2022-07-01 不在活动期间 2022-04-18 至 2022-06-30 内",
		"{" + campaign + ",\n\"walks\": [{\"item\": \"B\", \"on\": \"2022-05-01\"}]}":                                                             "第 3 行 walks 第1条 item：事项 B 不在任何单位的清单里",
		"{" + campaign + ",\n\"walks\": [{\"item\": \"A\", \"on\": \"2022-05-01\", \"issues\": [{\"title\": \"多要材料\", \"becomes\": \"gone\"}]}]}": "第 3 行 walks 第1条 issues 第1条 becomes：“gone”不对，应为 closed、referred 或 open",
		"{}":                               "数据文件里没有任何数据",
		"[]":                               "第 1 行：类型不对（写成了 array，应为 对象 { }）",
		"{\"items\": []}\n{\"items\": []}": "第 2 行：数据到此已经结束，后面还有多余的内容",
		"{\"items\":\n [], \"items\": [{\"code\": \"A\", \"name\": \"甲\", \"validFrom\": \"2022-01-01\"}]}":                                                                                                       "第 2 行 items：同一对象里写了两次",
		"{\n\"items\": [{\"name\": \"\xca\xc2\xcf\xee\"}]}":                                                                                                                                                       "第 2 行：不是 UTF-8 文字",
		"{" + campaign + ",\n\"walks\": [{\"item\": \"A\", \"on\": \"2022-05-01\", \"role\": \"局长\", \"channel\": \"window\"}]}":                                                                                  "第 3 行 walks 第1条 role：“局长”不对，应为 群众、企业 之一",
		"{" + campaign + ",\n\"walks\": [{\"item\": \"A\", \"on\": \"2022-05-01\", \"issues\": [{\"title\": \"多要材料\", \"kind\": \"LUCK\", \"becomes\": \"open\"}]}]}":                                             "kind：“LUCK”不对，应为 RULE、",
		"{" + campaign + ",\n\"walks\": [{\"item\": \"A\", \"on\": \"2022-05-01\", \"issues\": [{\"title\": \"多要材料\", \"kind\": \"MAT\", \"becomes\": \"open\", \"materialsCut\": -1, \"daysCut\": \"0.25\"}]}]}": "第 3 行 walks 第1条 issues 第1条 daysCut：“0.25”不是数字，或为负、小数过多",
		`{"stuck": [{"on": "2022-01-05"}]}`: "第 1 行 stuck 第1条：须有日期 on 和事项 item",
	} {
		_, err := ReadData(strings.NewReader(raw))
		var f Faults
		if !errors.As(err, &f) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v\nwant %s", raw, err, want)
		}
	}
	if _, err := ReadData(strings.NewReader("\ufeff{\"items\": [{\"code\": \"A\", \"name\": \"甲\", \"validFrom\": \"2022-01-01\"}]}")); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
	two := `{"items": [{"code": "", "name": "", "validFrom": "x"}]}`
	if _, err := ReadData(strings.NewReader(two)); err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("three mistakes at once: %v", err)
	}
}
