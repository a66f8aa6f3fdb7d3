package registers

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// right is one principal of write, verify, read or mask:
//
//   - everybody who is signed in
//     ROLE                 who holds the role in any unit
//     ROLE@=entry.<field>  who holds it in the unit that the field names
//     ROLE@=org.<function> who holds it in a unit of that function
//     @=entry.<field>, @=org.<function>  whoever has a post there
type right struct {
	role     string
	field    string // entry.<field>
	function string // org.<function>
	all      bool
}

func parseRight(text string) (right, bool) {
	if text == "*" {
		return right{all: true}, true
	}
	role, place, placed := strings.Cut(text, "@=")
	r := right{role: strings.TrimSuffix(role, "@*")}
	if !placed {
		return r, r.role != ""
	}
	kind, name, _ := strings.Cut(place, ".")
	switch kind {
	case "entry":
		r.field = name
	case "org":
		r.function = name
	}
	return r, r.field+r.function != ""
}

// people reads the rights of a file.
func (p *parser) people() {
	d := p.d
	d.rights, d.masks = map[string][]right{}, map[string][]right{}
	read := func(where string, list []string) (out []right) {
		for _, text := range list {
			r, ok := parseRight(text)
			if !ok {
				p.say("%s: %q is none of *, ROLE, ROLE@=entry.field, ROLE@=org.function", where, text)
			}
			if r.field != "" && d.Field(r.field) == nil {
				p.say("%s: %q names no field", where, text)
			}
			if r.field != "" && where == "read" && r.field != d.Owner {
				p.say("read: %q: rows are read by the unit of the owner, %q", text, d.Owner)
			}
			out = append(out, r)
		}
		return out
	}
	if len(d.Write) == 0 {
		p.say("write: nobody may")
	}
	d.rights["write"], d.rights["verify"], d.rights["read"] = read("write", d.Write), read("verify", d.Verify), read("read", d.Read)
	if len(d.Read) == 0 { // the owner's unit and the bureau (domain/access.md §2.4)
		d.rights["read"] = []right{{function: "bureau"}}
		if d.Field(d.Owner) != nil {
			d.rights["read"] = append(d.rights["read"], right{field: d.Owner})
		}
	}
	for key, list := range d.Mask {
		if d.Field(key) == nil {
			p.say("mask: %q is no field", key)
		}
		d.masks[key] = read("mask", list)
	}
}

// Sight is what a person may in one register, as the units are now.
type Sight struct {
	def   *Definition
	posts []string
	lists *lists
}

// See is the sight of who acts on a register.
func See(tx *gorm.DB, a models.Acting, d *Definition) *Sight {
	return &Sight{def: d, posts: a.Posts, lists: newLists(tx)}
}

func (s *Sight) holds(role, unit string) bool {
	return slices.ContainsFunc(s.posts, func(id string) bool {
		r, u := models.SplitPost(id)
		return (role == "" || r == role) && (unit == "" || u == unit)
	})
}

// grants reports whether one of some rights is the person's on an entry with these fields; nil: on some entry.
func (s *Sight) grants(rights []right, fields map[string]any) (bool, error) {
	for _, r := range rights {
		units := []string{""}
		switch {
		case r.all:
			return true, nil
		case r.function != "":
			var err error
			if units, err = s.lists.functions(r.function); err != nil {
				return false, err
			}
		case r.field != "" && fields != nil:
			unit, err := s.lists.unit(s.def.Field(r.field), fields[r.field])
			if err != nil {
				return false, err
			}
			units = []string{unit}
			if unit == "" {
				continue
			}
		}
		for _, unit := range units {
			if s.holds(r.role, unit) {
				return true, nil
			}
		}
	}
	return false, nil
}

// MayWrite reports whether the person may write an entry with these fields; nil: any entry at all.
func (s *Sight) MayWrite(fields map[string]any) (bool, error) {
	return s.grants(s.def.rights["write"], fields)
}

// MayVerify reports whether the person may verify an entry with these fields.
func (s *Sight) MayVerify(fields map[string]any) (bool, error) {
	return s.grants(s.def.rights["verify"], fields)
}

// MayRead reports whether the person may read any entry at all.
func (s *Sight) MayRead() (bool, error) { return s.grants(s.def.rights["read"], nil) }

// readable limits a query to the entries that the person may read.
func (s *Sight) readable(q *gorm.DB) (*gorm.DB, error) {
	var units []string
	for _, r := range s.def.rights["read"] {
		if r.field == "" {
			all, err := s.grants([]right{r}, nil)
			if err != nil || all {
				return q, err
			}
			continue
		}
		for _, id := range s.posts {
			if role, unit := models.SplitPost(id); r.role == "" || r.role == role {
				units = append(units, unit)
			}
		}
	}
	if len(units) == 0 {
		return q.Where("1 = 0"), nil
	}
	return q.Where("owner IN ?", units), nil
}

// Masked are the fields that the person sees with their middle hidden; fields nil: on some entry.
func (s *Sight) Masked(fields map[string]any) (map[string]bool, error) {
	out := map[string]bool{}
	for key, rights := range s.def.masks {
		ok, err := s.grants(rights, fields)
		if err != nil {
			return nil, err
		}
		if fields == nil { // a list is filtered for all rows at once: only who sees the field everywhere may
			ok = false
			for _, r := range rights {
				if r.field == "" && !ok {
					if ok, err = s.grants([]right{r}, nil); err != nil {
						return nil, err
					}
				}
			}
		}
		out[key] = !ok
	}
	return out, nil
}

// hide keeps the ends of a text.
func hide(v any) any {
	text, ok := textOf(v)
	r := []rune(text)
	switch {
	case !ok:
		return "***"
	case len(r) == 0:
		return v
	case len(r) <= 2:
		return string(r[:1]) + "*"
	case len(r) < 7:
		return string(r[:1]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1:])
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-5) + string(r[len(r)-2:])
}

// lists are the value lists that selects name, read once.
type lists struct {
	tx     *gorm.DB
	known  map[string][]Option
	served map[string][]string
	values map[string]map[string]string // list → value → unit
}

func newLists(tx *gorm.DB) *lists {
	return &lists{tx: tx, known: map[string][]Option{}, served: map[string][]string{}, values: map[string]map[string]string{}}
}

// functions are the units that serve as something.
func (l *lists) functions(name string) ([]string, error) {
	if units, ok := l.served[name]; ok {
		return units, nil
	}
	var units []string
	err := l.tx.Model(&office.UnitFunction{}).Where("function = ? AND valid_to IS NULL", name).Order("ord").Pluck("unit", &units).Error
	if err == nil && len(units) == 0 {
		units = []string{"-"} // nobody: an empty unit would mean any
	}
	l.served[name] = units
	return units, err
}

// options are the values of a list: the units of the house, or the keys of a register.
func (l *lists) options(key string) ([]Option, error) {
	if all, ok := l.known[key]; ok {
		return all, nil
	}
	all, err := l.load(key)
	l.known[key] = all
	return all, err
}

func (l *lists) load(key string) ([]Option, error) {
	var all []Option
	if key == "units" {
		var depts []office.Dept
		if err := l.tx.Order("id").Find(&depts).Error; err != nil {
			return nil, err
		}
		for _, d := range depts {
			all = append(all, Option{Value: d.ID, Label: Text{Zh: d.Name, En: d.NameEn}, Unit: d.ID})
		}
		return all, nil
	}
	d, err := Newest(l.tx, key)
	if err != nil || len(d.Key) == 0 {
		return nil, err
	}
	var rows []Entry
	if err := l.tx.Where("register = ? AND state <> ?", key, Void).Order("id").Limit(2000).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		fields, err := row.Fields()
		if err != nil {
			return nil, err
		}
		text, _ := textOf(fields[d.Key[0]])
		all = append(all, Option{Value: text, Label: Text{Zh: text}, Unit: row.Owner})
	}
	return all, nil
}

// unit that a field's value belongs to.
func (l *lists) unit(f *Field, value any) (string, error) {
	text, _ := textOf(value)
	if f == nil || text == "" {
		return "", nil
	}
	if f.ValuesKey == "" {
		return text, nil
	}
	units, ok := l.values[f.ValuesKey]
	if !ok {
		all, err := l.options(f.ValuesKey)
		if err != nil {
			return "", err
		}
		units = map[string]string{}
		for _, o := range all {
			units[o.Value] = o.Unit
		}
		l.values[f.ValuesKey] = units
	}
	return units[text], nil
}
