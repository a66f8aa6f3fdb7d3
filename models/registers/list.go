package registers

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Query chooses entries; zero values choose all that count.
type Query struct {
	From, To models.Date       // business dates, both included
	Filter   map[string]string // field → value, or op:value with one of != < <= > >=, or part of a text with ~
	Where    []Condition       // of a total
	Owner    string
	State    string // "": all but void ones
	Sort     string // field, or -field for the greatest first; "": -date
	Cursor   string
	Limit    int       // 50 when 0, at most 200
	AsOf     time.Time // by recording time; zero: now
}

// List gives a page of entries that the person may read, and the cursor of the next page, "" at the end.
func List(tx *gorm.DB, s *Sight, q Query) ([]Entry, string, error) {
	g, err := s.choose(tx, q)
	if err != nil {
		return nil, "", err
	}
	limit := q.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	by, err := s.order(q.Sort)
	if err != nil {
		return nil, "", err
	}
	if g, err = by.after(g, q.Cursor); err != nil {
		return nil, "", err
	}
	var rows []Entry
	if err := g.Order(by.sql()).Limit(limit + 1).Find(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("entries of %s: %w", s.def.ID, err)
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	rows = rows[:limit]
	return rows, by.cursor(rows[limit-1]), nil
}

// choose is the query over the entries, or over their revisions at a moment.
func (s *Sight) choose(tx *gorm.DB, q Query) (*gorm.DB, error) {
	g := tx.Table("register_entry AS e").Where("register = ?", s.def.ID)
	if !q.AsOf.IsZero() {
		at := q.AsOf.UTC()
		g = tx.Table("(?) AS e", tx.Raw(`SELECT v.* FROM register_revision v JOIN
			(SELECT id, MAX(revision) AS revision FROM register_revision WHERE register = ? AND recorded_at <= ? GROUP BY id) w
			ON w.id = v.id AND w.revision = v.revision`, s.def.ID, at))
	}
	if q.State == "" {
		g = g.Where("state <> ?", Void)
	} else {
		g = g.Where("state = ?", q.State)
	}
	if q.From != "" {
		g = g.Where("on_date >= ?", string(q.From))
	}
	if q.To != "" {
		g = g.Where("on_date <= ?", string(q.To))
	}
	if q.Owner != "" {
		g = g.Where("owner = ?", q.Owner)
	}
	for _, c := range q.Where {
		sql, args, err := s.def.condition(c)
		if err != nil {
			return nil, err
		}
		g = g.Where(sql, args...)
	}
	masked, err := s.Masked(nil)
	if err != nil {
		return nil, err
	}
	for key, text := range q.Filter {
		if masked[key] {
			return nil, unknownFilter(key)
		}
		sql, args, err := s.def.filter(key, text)
		if err != nil {
			return nil, err
		}
		g = g.Where(sql, args...)
	}
	return s.readable(g)
}

func unknownFilter(key string) error {
	return models.Refuse("unknown-filter", "field", key).Field("query/filter["+key+"]", "unknown-filter", "field", key)
}

// condition is SQL of a condition of the definition.
func (d *Definition) condition(c Condition) (string, []any, error) {
	slot, kind := d.slot(c.Field)
	switch c.Field {
	case "state", "owner":
		slot, kind = c.Field, TypeText
	}
	if slot == "" {
		return "", nil, fmt.Errorf("%q is no field with a slot", c.Field)
	}
	if !slices.Contains(ops, c.Op) {
		return "", nil, fmt.Errorf("op %q is none of %s", c.Op, strings.Join(ops, " "))
	}
	values, many := c.Value.([]any)
	if many != (c.Op == "in") {
		return "", nil, fmt.Errorf("%s %s: in takes a list, and nothing else does", c.Field, c.Op)
	}
	if !many {
		values = []any{c.Value}
	}
	var args []any
	for _, v := range values {
		arg, err := slotValue(kind, v)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", c.Field, err)
		}
		args = append(args, arg)
	}
	switch c.Op {
	case "in":
		return slot + " IN ?", []any{args}, nil
	case "!=":
		return slot + " <> ?", args, nil
	}
	return slot + " " + c.Op + " ?", args, nil
}

// slotValue is a value as a slot of that kind holds it.
func slotValue(kind string, v any) (any, error) {
	if kind != TypeNumber && kind != TypeBoolean {
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("%v is no text", v)
		}
		return text, nil
	}
	switch x := v.(type) {
	case bool:
		return slotNumber(x), nil
	case json.Number:
		n, err := decimal.NewFromString(x.String())
		if err != nil || n.Abs().GreaterThanOrEqual(largest) {
			return nil, fmt.Errorf("%s is no number of an entry", x)
		}
		return scaled(n), nil
	}
	return nil, fmt.Errorf("%v is no number", v)
}

// filter is SQL of what a person asks of a field.
func (d *Definition) filter(key, text string) (string, []any, error) {
	slot, kind := d.slot(key)
	if slot == "" {
		return "", nil, unknownFilter(key)
	}
	op := "="
	for _, o := range []string{"!=", "<=", ">=", "<", ">", "~"} {
		if rest, ok := strings.CutPrefix(text, o); ok {
			op, text = o, rest
			break
		}
	}
	if op == "~" {
		if kind == TypeNumber || kind == TypeBoolean {
			return "", nil, unknownFilter(key)
		}
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
		return "LOWER(" + slot + `) LIKE ? ESCAPE '\'`, []any{like}, nil
	}
	var v any = text
	switch kind {
	case TypeNumber:
		n, code := readNumber(text)
		if code != "" {
			return "", nil, models.Refuse("invalid-data").Field("query/filter["+key+"]", code)
		}
		v = json.Number(n.String())
	case TypeBoolean:
		b, ok := yes[strings.ToLower(text)]
		if !ok {
			return "", nil, models.Refuse("invalid-data").Field("query/filter["+key+"]", "not-yes-or-no")
		}
		v = b
	case TypeDate:
		if text != "" {
			day, code := readDate(text)
			if code != "" {
				return "", nil, models.Refuse("invalid-data").Field("query/filter["+key+"]", code)
			}
			v = string(day)
		}
	}
	sql, args, err := d.condition(Condition{Field: key, Op: op, Value: v})
	if err != nil {
		return "", nil, models.Refuse("invalid-data").Field("query/filter["+key+"]", "not-a-number")
	}
	return sql, args, nil
}

// order of a list: a slot, then date and id, all in one direction, as the indexes lie.
type order struct {
	slot string // "" by date alone
	desc bool
}

func (s *Sight) order(sort string) (order, error) {
	if sort == "" {
		return order{desc: true}, nil
	}
	key, desc := strings.CutPrefix(sort, "-")
	o := order{desc: desc}
	if key == "date" || key == s.def.Date {
		return o, nil
	}
	masked, err := s.Masked(nil)
	if err != nil {
		return o, err
	}
	o.slot, _ = s.def.slot(key)
	if o.slot == "" || masked[key] {
		return o, models.Refuse("unknown-filter", "field", key).Field("query/sort", "unknown-filter", "field", key)
	}
	return o, nil
}

func (o order) columns() []string {
	if o.slot == "" {
		return []string{"on_date", "id"}
	}
	return []string{o.slot, "on_date", "id"}
}

func (o order) sql() string {
	way := map[bool]string{true: " DESC", false: ""}[o.desc]
	return strings.Join(o.columns(), way+", ") + way
}

// cursor marks the place behind an entry.
func (o order) cursor(e Entry) string {
	at := []any{string(e.OnDate), e.ID}
	if o.slot != "" {
		switch v := e.Slots.place(o.slot).(type) {
		case *string:
			at = append([]any{*v}, at...)
		case *int64:
			at = append([]any{*v}, at...)
		}
	}
	return base64.RawURLEncoding.EncodeToString(models.JSONOf(at))
}

func (o order) after(g *gorm.DB, cursor string) (*gorm.DB, error) {
	if cursor == "" {
		return g, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	var at []any
	if err != nil || models.DecodeExact(raw, &at) != nil || len(at) != len(o.columns()) {
		return nil, models.Refuse("invalid-cursor")
	}
	for i, c := range o.columns() {
		text := c == "on_date" || c[0] == 't' || c[0] == 'd'
		switch v := at[i].(type) {
		case string:
			if !text {
				return nil, models.Refuse("invalid-cursor")
			}
		case json.Number:
			n, err := v.Int64()
			if err != nil || text {
				return nil, models.Refuse("invalid-cursor")
			}
			at[i] = n
		default:
			return nil, models.Refuse("invalid-cursor")
		}
	}
	than := map[bool]string{true: "<", false: ">"}[o.desc]
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(at)), ", ")
	return g.Where("("+strings.Join(o.columns(), ", ")+") "+than+" ("+marks+")", at...), nil
}
