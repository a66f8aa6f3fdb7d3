package commands

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/service"
)

// TestSecondReason: a cut may have a second reason beside another first one, and each reason says what it rests on.
func TestSecondReason(t *testing.T) {
	built := map[string]service.Capability{"CAP-GIS": {Code: "CAP-GIS", Status: service.CapabilityBuilt}}
	for _, x := range []struct {
		why, row, want string // pointer and code of the refusal; "" for none
	}{
		{"one reason", `{"reviewed": 80, "reason": "DUP"}`, ""},
		{"two reasons", `{"reviewed": 80, "reason": "DUP", "secondReason": "SCOPE"}`, ""},
		{"the same twice", `{"reviewed": 80, "reason": "DUP", "secondReason": "DUP"}`, "/lines/0/secondReason second-reason-alone"},
		{"no first one", `{"reviewed": 80, "secondReason": "DUP"}`, "/lines/0/secondReason second-reason-alone"},
		{"nothing is cut", `{"reviewed": 100, "reason": "DUP", "secondReason": "SCOPE"}`, "/lines/0/reason reason-without-cut"},
		{"none that there is", `{"reviewed": 80, "reason": "DUP", "secondReason": "MOOD"}`, "/lines/0/secondReason not-an-option"},
		{"a second one without its grounds", `{"reviewed": 80, "reason": "DUP", "secondReason": "PRICE"}`, "/lines/0/basis price-basis-missing"},
		{"a second one with them", `{"reviewed": 80, "reason": "DUP", "secondReason": "OVER", "basis": "按 200 户测算"}`, ""},
		{"a second one that reuses nothing", `{"reviewed": 80, "reason": "DUP", "secondReason": "REUSE"}`,
			"/lines/0/capabilityId reuse-without-capability"},
		{"a second one that reuses", `{"reviewed": 80, "reason": "DUP", "secondReason": "REUSE", "capabilityId": "CAP-GIS"}`, ""},
	} {
		t.Run(x.why, func(t *testing.T) {
			var row sheetRow
			if err := json.Unmarshal([]byte(x.row), &row); err != nil {
				t.Fatal(err)
			}
			hundred, err := models.ParseMoney("100")
			if err != nil {
				t.Fatal(err)
			}
			f := check()
			line := f.sheetLine("lines", 0, row, hundred, built, true)
			got := []string{}
			for _, e := range f.Fields {
				got = append(got, e.Pointer+" "+e.Code)
			}
			if want := []string{x.want}; x.want == "" && len(got) > 0 || x.want != "" && !slices.Contains(got, want[0]) {
				t.Errorf("%v, want %q", got, x.want)
			}
			if line.SecondReason != row.SecondReason || row.CapabilityID != "" && string(line.Capability) != row.CapabilityID {
				t.Errorf("the sheet keeps %+v", line)
			}
		})
	}
	if s := reasonsText(books.LineView{Reason: "DUP", SecondReason: "REUSE", Capability: "CAP-GIS"}); s != "重复建设、复用城市大脑能力（CAP-GIS）" {
		t.Errorf("papers say %s", s)
	}
}

// TestAReplyKeepsTheSecondReason while the first one stays; a cut that is withdrawn has none.
func TestAReplyKeepsTheSecondReason(t *testing.T) {
	hundred, _ := models.ParseMoney("100")
	eighty, _ := models.ParseMoney("80")
	of := books.SheetLine{
		LineNo: 1, Declared: hundred, Reviewed: eighty, Cut: hundred.Sub(eighty), Reason: "DUP", SecondReason: "SCOPE",
	}
	for row, want := range map[string]string{
		`{"lineNo": 1, "outcome": "uphold", "reviewed": 80, "text": "维持"}`:                       "SCOPE",
		`{"lineNo": 1, "outcome": "partly", "reviewed": 90, "text": "部分采纳"}`:                     "SCOPE",
		`{"lineNo": 1, "outcome": "partly", "reviewed": 90, "reason": "SCOPE", "text": "改为超范围"}`: "",
		`{"lineNo": 1, "outcome": "withdraw", "reviewed": 100, "text": "采纳"}`:                    "",
	} {
		var r reply
		if err := json.Unmarshal([]byte(row), &r); err != nil {
			t.Fatal(err)
		}
		f := check()
		out := f.reply(0, r, of, nil)
		if len(f.Fields) > 0 || out.SecondReason != want {
			t.Errorf("%s: %q %+v", row, out.SecondReason, f.Fields)
		}
	}
}
