package books_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

func TestRevisionsAreCompared(t *testing.T) {
	line := func(no int, name, price string) books.BudgetLine {
		m, err := models.ParseMoney(price)
		if err != nil {
			t.Fatal(err)
		}
		return books.BudgetLine{LineNo: no, Category: "硬件", Name: name, Unit: "台", Qty: decimal.NewFromInt(1), UnitPrice: m, Declared: m}
	}
	form := func(v string) map[string]any { return map[string]any{"problem": v, "same": []any{"x"}} }
	first := books.RevisionContent{
		Name: "平台", Type: "新建", MlpsLevel: 2, Form: form("慢"), Lines: []books.BudgetLine{line(1, "服务器", "10"), line(2, "交换机", "5"), line(3, "旧", "1")},
	}
	for name, c := range map[string]struct {
		second books.RevisionContent
		want   string
	}{
		"the same": {first, "[]"},
		"header and form": {
			books.RevisionContent{Name: "平台二期", Type: "新建", MlpsLevel: 3, Form: map[string]any{"same": []any{"x"}, "new": "y"}, Lines: first.Lines},
			"[{header name 0 平台 平台二期} {header mlpsLevel 0 2 3} {form new 0 <nil> y} {form problem 0 慢 <nil>}]",
		},
		"a price; the lines change places": {
			books.RevisionContent{Name: "平台", Type: "新建", MlpsLevel: 2, Form: form("慢"),
				Lines: []books.BudgetLine{line(1, "交换机", "5"), line(2, "服务器", "9"), line(3, "旧", "1")}},
			"[{lines unitPrice 2 10.00 9.00} {lines amount 2 10.00 9.00}]",
		},
		"a line by its number, one that went": {
			books.RevisionContent{Name: "平台", Type: "新建", MlpsLevel: 2, Form: form("慢"),
				Lines: []books.BudgetLine{line(1, "存储", "10"), line(2, "交换机", "5")}},
			"[{lines name 1 服务器 存储} {lines  3 map[amount:1.00 category:硬件 name:旧 qty:1 remark: spec: unit:台 unitPrice:1.00] <nil>}]",
		},
	} {
		if got := fmt.Sprint(append([]books.RevisionChange{}, c.second.Compare(first)...)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}
