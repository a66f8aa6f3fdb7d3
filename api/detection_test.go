package api_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// book is an .xlsx of one sheet with the words of its cells shared.
func book(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/sharedStrings.xml":     `<sst><si><t>单位</t></si><si><t>系统名称</t></si><si><r><t>建成</t></r><r><t>年份</t></r></si><si><t>DP18</t></si><si><t>停车诱导平台</t></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row><row><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>4</v></c><c r="C2"><v>2019</v></c></row></sheetData></worksheet>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInventory(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		in := func(name string, content []byte) wire.InventoryImport {
			return wire.InventoryImport{FileName: name, Content: content, Reason: "年度清查"}
		}
		w.do("zhou-min", "POST", "/api/v1/inventory/import", in("清单.xlsx", book(t))).want(403, "")
		w.do("zhao-kezhang", "POST", "/api/v1/inventory/import", in("清单.xlsx", []byte("no zip"))).want(422, "inventory-incomplete")
		w.do("zhao-kezhang", "POST", "/api/v1/inventory/import", in("清单.csv", []byte("单位,系统名称,用户数\nDP18,平台,many\n"))).
			want(422, "inventory-incomplete")
		w.do("zhao-kezhang", "POST", "/api/v1/inventory/import", in("清单.xlsx", book(t))).want(200, "")
		w.do("zhao-kezhang", "POST", "/api/v1/inventory/import", in("清单.csv", []byte("\ufeff单位,系统名称,投资\nDP18,停车诱导平台,\"1,200.50\"\n"))).
			want(200, "")
		var all wire.Inventory
		w.do("zhao-kezhang", "GET", "/api/v1/inventory", nil).want(200, "").into(&all)
		if len(all.Items) != 1 || all.Items[0].Name != "停车诱导平台" || all.Items[0].Cost != "1200.50" ||
			!strings.HasSuffix(all.Items[0].Source, ".csv") {
			t.Errorf("%+v", all)
		}
	})
}
