package seed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// against holds a data set against the server that is to take it, before the first row is written: units,
// registers, and of their fields the names and types.
func (d Data) against(ctx context.Context, p *Player) (Faults, error) {
	var f Faults
	units := map[string]bool{}
	for _, person := range p.people {
		for _, q := range person.Posts {
			_, unit, _ := strings.Cut(q.ID, "@")
			units[unit] = true
		}
	}
	known := func(pointer, unit string) {
		if unit != "" && !units[unit] {
			f.add(pointer, "noUnit", "unit", unit)
		}
	}
	for n, q := range d.Projects {
		known("/projects/"+strconv.Itoa(n)+"/dept", q.Dept)
	}
	for n, i := range d.Items {
		known("/items/"+strconv.Itoa(n)+"/unit", i.Unit)
	}
	if d.Campaign != nil {
		for n, u := range d.Campaign.Units {
			known("/campaign/units/"+strconv.Itoa(n)+"/unit", u.Unit)
		}
	}
	for n, b := range d.Stuck {
		known("/stuck/"+strconv.Itoa(n)+"/unit", b.Unit)
		known("/stuck/"+strconv.Itoa(n)+"/window", b.Window)
	}
	return f, d.entriesAgainst(ctx, p, &f)
}

func (d Data) entriesAgainst(ctx context.Context, p *Player, f *Faults) error {
	if len(d.Entries) == 0 {
		return nil
	}
	office, err := p.as(ctx, "OFFICE", "")
	if err != nil {
		return err
	}
	defs := map[string]*wire.Register{}
	for n, e := range d.Entries {
		at := "/entries/" + strconv.Itoa(n)
		def, asked := defs[e.Register]
		if !asked {
			var r wire.Register
			err := office.Get(ctx, "/api/v1/registers/"+e.Register, &r)
			switch {
			case client.Slug(err) == "not-found":
			case err != nil:
				return err
			default:
				def = &r
			}
			defs[e.Register] = def
		}
		if def == nil {
			f.add(at+"/register", "noRegister", "register", e.Register)
			continue
		}
		fieldsAgainst(f, at+"/fields/", e, *def)
	}
	return nil
}

func fieldsAgainst(f *Faults, at string, e EntryOfBook, def wire.Register) {
	fields := map[string]wire.RegisterField{}
	for _, x := range def.Fields {
		fields[x.Key] = x
		if v, there := e.Fields[x.Key]; x.Required && (!there || v == "" || v == nil) {
			f.add(at+x.Key, "needed")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Fields)) {
		x, there := fields[key]
		text := fmt.Sprint(e.Fields[key])
		switch {
		case !there:
			f.add(at+key, "noField", "register", e.Register, "field", key)
		case text == "" || e.Fields[key] == nil:
		case x.Type == "number":
			if _, err := decimal.NewFromString(text); err != nil {
				f.add(at+key, "number", "got", text)
			}
		case x.Type == "date":
			f.day(at+key, text)
		}
	}
}

// refuse tells the mistakes of a data set with the lines of its file.
func (d Data) refuse(f Faults, err error) error {
	return errors.Join(err, f.orNil(d.lines))
}
