package facts

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// other is what a value means that we do not know.
const other = "OTHER"

// methods are the ways to buy, in words and as the standard's codes (integration.md §2), and ours.
var methods = []string{
	"公开招标", "邀请招标", "竞争性谈判", "谈判", "竞争性磋商", "磋商", "询价", "单一来源", "框架协议", "电子卖场", "其他",
	"1", "2", "3", "4", "5", "6", "7", "8", "9", "TENDER", "INVITED", "NEGOTIATION", "CONSULT", "QUOTATION", "SINGLE",
	"FRAMEWORK", "MALL", other,
}

// known are the values that fields of the bureaus' events have, as far as we know them.
var known = map[string]map[string][]string{
	"procurement.awarded": {
		"price_form": {"总价", "单价", "费率", "TOTAL", "UNIT", "RATE", "total", "unit", "rate", "下浮率", "折扣率", other},
	},
	"procurement.notice_published": {"mode": methods},
	"procurement.failed": {
		"reason_code": {
			"<3家", "不足三家", "超预算", "违规", "任务取消", "中标无效", "重大变故", "采购任务取消", "1", "2", "3", "4", other,
		},
	},
	"procurement.suspended": {"kind": {"质疑", "投诉", "监督检查", other}},
	"procurement.resumed":   {"kind": {"质疑", "投诉", "监督检查", other}},
}

// EnumUnknown is the finding about a value that we do not know.
const EnumUnknown = "enum-unknown"

// strange is a field with a value that we do not know.
type strange struct{ field, value string }

// settleEnums puts OTHER in the place of values that we do not know; the raw one
// stays beside it, with "raw_" before its name (FT32).
func settleEnums(event string, d books.FactData) (found []strange) {
	for field, values := range known[event] {
		v := d.Text(field)
		if v == "" || slices.Contains(values, v) {
			continue
		}
		found = append(found, strange{field, v})
		d["raw_"+field], d[field] = v, other
	}
	slices.SortFunc(found, func(a, b strange) int { return strings.Compare(a.field, b.field) })
	return found
}

// tellStrange records what was not known, so that somebody adds it to what is.
func tellStrange(tx *gorm.DB, a models.Acting, f books.Fact, found []strange) error {
	for _, s := range found {
		b := books.Breach{
			Project: f.Project, Rule: EnumUnknown, Subject: f.EventType + "/" + s.field + "/" + f.NaturalKey, BusinessDate: f.BusinessDate,
		}
		if err := books.RecordBreach(tx, a, b, "event", f.EventType, "field", s.field, "value", s.value); err != nil {
			return err
		}
	}
	return nil
}
