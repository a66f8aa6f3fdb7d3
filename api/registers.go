package api

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/registers"
)

// reader is who reads a register, with the posts he has.
func (c *call) reader() models.Acting {
	return models.Acting{Person: c.who.Person.ID, Posts: c.who.postIDs(), At: c.now.UTC(), BusinessDate: models.DateOf(c.now)}
}

// register is the one of the address, which the person may read.
func (c *call) register() (*registers.Definition, *registers.Sight, error) {
	d, err := registers.Newest(c.db(), c.Param("id"))
	if err != nil {
		return nil, nil, err
	}
	s := registers.See(c.db(), c.reader(), d)
	ok, err := s.MayRead()
	if err == nil && !ok {
		err = notFound()
	}
	return d, s, err
}

func listRegisters(c *call) (any, error) {
	all, err := registers.All(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.RegisterList{Items: []wire.Register{}}
	for _, d := range all {
		s := registers.See(c.db(), c.reader(), d)
		ok, err := s.MayRead()
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		w, err := c.registerOf(d, s, false)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func getRegister(c *call) (any, error) {
	d, s, err := c.register()
	if err != nil {
		return nil, err
	}
	return c.registerOf(d, s, true)
}

// registerOf is a definition in the caller's language; options are read where they are asked for.
func (c *call) registerOf(d *registers.Definition, s *registers.Sight, options bool) (wire.Register, error) {
	lang := string(c.lang)
	w := wire.Register{
		ID: d.ID, Version: d.Version, Name: d.Name.In(lang), About: d.About.In(lang), Key: append([]string{}, d.Key...), Date: d.Date,
		List:   d.List,
		Fields: []wire.RegisterField{}, Totals: []wire.RegisterTotal{}, Begins: d.Begins != nil, Checks: d.Checks,
	}
	var err error
	if w.MayWrite, err = s.MayWrite(nil); err != nil {
		return w, err
	}
	if w.MayVerify, err = s.MayVerify(nil); err != nil {
		return w, err
	}
	masked, err := s.Masked(nil)
	if err != nil {
		return w, err
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		x := wire.RegisterField{
			Key: f.Key, Type: f.Type, Label: f.Label.In(lang), Description: f.Description.In(lang), Required: f.Required,
			Masked:   masked[f.Key],
			Sortable: f.Slot != "" && !masked[f.Key], Decimals: f.Decimals, MaxLength: f.MaxLength,
		}
		if f.Min != nil {
			x.Min = f.Min.String()
		}
		if f.Max != nil {
			x.Max = f.Max.String()
		}
		if options && f.Type == registers.TypeSelect {
			all, err := s.Options(f)
			if err != nil {
				return w, err
			}
			for _, o := range all {
				x.Options = append(x.Options, wire.RegisterOption{Value: o.Value, Label: o.Label.In(lang)})
			}
		}
		w.Fields = append(w.Fields, x)
	}
	for _, k := range d.Computed {
		w.Fields = append(
			w.Fields, wire.RegisterField{Key: k.Key, Type: k.Type, Label: k.Label.In(lang), Computed: true, Sortable: k.Slot != ""},
		)
	}
	for _, id := range slices.Sorted(maps.Keys(d.Totals)) {
		t := d.Totals[id]
		w.Totals = append(w.Totals, wire.RegisterTotal{ID: id, Label: t.Label.In(lang), Unit: t.Unit, Fn: t.Fn})
	}
	return w, nil
}

// entryQuery reads what a list is asked for: from, to, state, sort, cursor, limit, asOf and filter[field].
func (c *call) entryQuery() (registers.Query, error) {
	q := registers.Query{
		From: models.Date(c.Query("from")), To: models.Date(c.Query("to")), State: c.Query("state"), Owner: c.Query("owner"),
		Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(), Filter: map[string]string{},
	}
	for name, values := range c.Request.URL.Query() {
		if key, ok := filterKey(name); ok && len(values) > 0 {
			q.Filter[key] = values[0]
		}
	}
	var err error
	q.AsOf, err = c.asOf()
	return q, err
}

func (c *call) asOf() (time.Time, error) {
	text := c.Query("asOf")
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, invalid().field("query/asOf", "field.format")
	}
	return at, nil
}

// filterKey is the field of filter[field].
func filterKey(name string) (string, bool) {
	key, ok := strings.CutPrefix(name, "filter[")
	if !ok || !strings.HasSuffix(key, "]") {
		return "", false
	}
	return strings.TrimSuffix(key, "]"), true
}

func listEntries(c *call) (any, error) {
	_, s, err := c.register()
	if err != nil {
		return nil, err
	}
	q, err := c.entryQuery()
	if err != nil {
		return nil, err
	}
	var rows []registers.Entry
	var next string
	if id := c.Query("total"); id != "" {
		rows, next, err = registers.TotalRows(c.db(), s, id, registers.Period{From: q.From, To: q.To}, q)
	} else {
		rows, next, err = registers.List(c.db(), s, q)
	}
	if err != nil {
		return nil, err
	}
	items, err := c.entries(s, rows)
	return wire.RegisterEntryPage{Items: items, Next: next}, err
}

func (c *call) entries(s *registers.Sight, rows []registers.Entry) ([]wire.RegisterEntry, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	var people []string
	for _, e := range rows {
		people = append(people, e.Actor)
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	out := []wire.RegisterEntry{}
	for _, e := range rows {
		w, err := c.entry(d, s, e)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (c *call) entry(d *directory, s *registers.Sight, e registers.Entry) (wire.RegisterEntry, error) {
	w := wire.RegisterEntry{
		ID: keyText(
			e.ID,
		), Register: e.Register, Revision: e.Revision, State: e.State.State, StateName: c.text("entryState." + e.State.State),
		Owner: e.Owner, Date: string(e.OnDate), RecordedAt: e.RecordedAt.In(models.Zone), Backfilled: e.Backfilled,
		By: d.maybe(e.Actor, ""), Reason: e.Reason,
	}
	if e.Owner != "" {
		w.OwnerName = d.dept(e.Owner)
	}
	if e.Import != 0 {
		w.Import = keyText(e.Import)
	}
	fields, err := e.Fields()
	if err != nil {
		return w, err
	}
	if e.State.State != registers.Void {
		if w.MayEdit, err = s.MayWrite(fields); err != nil {
			return w, err
		}
		if e.State.State == registers.Recorded && e.Actor != c.who.Person.ID {
			if w.MayVerify, err = s.MayVerify(fields); err != nil {
				return w, err
			}
		}
	}
	w.Fields, err = s.Shown(e)
	return w, err
}

// entryPage is an entry with its history, which the person may read.
func getEntry(c *call) (any, error) {
	_, s, err := c.register()
	if err != nil {
		return nil, err
	}
	id, err := c.key("entry")
	if err != nil {
		return nil, err
	}
	e, err := registers.Read(c.db(), s, id)
	if err != nil {
		return nil, err
	}
	return c.entryPage(s, e)
}

func (c *call) entryPage(s *registers.Sight, e registers.Entry) (wire.RegisterEntry, error) {
	d, err := c.directory()
	if err != nil {
		return wire.RegisterEntry{}, err
	}
	all, err := registers.Revisions(c.db(), e.ID)
	if err != nil {
		return wire.RegisterEntry{}, err
	}
	people := []string{e.Actor}
	for _, r := range all {
		people = append(people, r.Actor)
	}
	if err := d.know(people...); err != nil {
		return wire.RegisterEntry{}, err
	}
	w, err := c.entry(d, s, e)
	if err != nil {
		return w, err
	}
	for _, r := range all {
		fields, err := s.Shown(registers.Entry{State: r.State})
		if err != nil {
			return w, err
		}
		w.Revisions = append(w.Revisions, wire.RegisterRevision{
			Revision: r.Revision, State: r.State.State, RecordedAt: r.RecordedAt.In(models.Zone), By: d.maybe(r.Actor, ""),
			Reason: r.Reason, Fields: fields,
		})
	}
	w.Begun, err = registers.Begun(c.db(), e.ID)
	return w, err
}

func addEntry(c *call) (any, error) {
	return c.writeEntry(
		http.StatusCreated,
		func(tx *gorm.DB, a models.Acting, d *registers.Definition, in wire.RegisterEntryInput) (registers.Entry, error) {
			return acts.AddEntry(tx, a, d, in.Fields)
		},
	)
}

func editEntry(c *call) (any, error) {
	id, err := c.key("entry")
	if err != nil {
		return nil, err
	}
	return c.writeEntry(
		http.StatusOK,
		func(tx *gorm.DB, a models.Acting, d *registers.Definition, in wire.RegisterEntryInput) (registers.Entry, error) {
			return registers.Edit(tx, a, d, id, in.Revision, in.Fields)
		},
	)
}

func (c *call) writeEntry(
	status int, write func(*gorm.DB, models.Acting, *registers.Definition, wire.RegisterEntryInput) (registers.Entry, error),
) (any, error) {
	var in wire.RegisterEntryInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting(in.Post, in.BusinessDate, strings.TrimSpace(in.Reason))
	if err != nil {
		return nil, err
	}
	return c.onRegister(status, a, func(tx *gorm.DB, d *registers.Definition) (registers.Entry, error) {
		e, err := write(tx, a, d, in)
		return e, below("/fields", err)
	})
}

// below puts the pointers of a refusal under the member of the body that they are in.
func below(member string, err error) error {
	if r, ok := err.(*models.Refusal); ok { //nolint:errorlint // as the books return it
		for i := range r.Fields {
			r.Fields[i].Pointer = member + r.Fields[i].Pointer
		}
	}
	return err
}

// onRegister runs a command on the register of the address, and answers with the entry's page.
func (c *call) onRegister(status int, a models.Acting, do func(*gorm.DB, *registers.Definition) (registers.Entry, error)) (any, error) {
	if _, _, err := c.register(); err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		d, err := registers.Newest(tx, c.Param("id"))
		if err != nil {
			return reply{}, err
		}
		e, err := do(tx, d)
		if err != nil {
			return reply{}, err
		}
		page, err := c.entryPage(registers.See(tx, a, d), e)
		return reply{Status: status, Body: page}, err
	})
}

// actOnEntry verifies an entry, strikes it, or raises its rectification.
func actOnEntry(act func(*gorm.DB, models.Acting, *registers.Definition, int64, int) (registers.Entry, error), reasoned bool) handler {
	return func(c *call) (any, error) {
		var in wire.RegisterAct
		if err := c.decode(&in); err != nil {
			return nil, err
		}
		id, err := c.key("entry")
		if err != nil {
			return nil, err
		}
		in.Reason = strings.TrimSpace(in.Reason)
		if reasoned && len([]rune(in.Reason)) < minReason {
			return nil, invalid().field("/reason", "reason-required", "limit", strconv.Itoa(minReason))
		}
		a, err := c.acting(in.Post, "", in.Reason)
		if err != nil {
			return nil, err
		}
		return c.onRegister(http.StatusOK, a, func(tx *gorm.DB, d *registers.Definition) (registers.Entry, error) {
			return act(tx, a, d, id, in.Revision)
		})
	}
}

func registerTotals(c *call) (any, error) {
	d, s, err := c.register()
	if err != nil {
		return nil, err
	}
	asOf, err := c.asOf()
	if err != nil {
		return nil, err
	}
	p := registers.Period{From: models.Date(c.Query("from")), To: models.Date(c.Query("to"))}
	all, err := registers.Totals(c.db(), s, p, asOf, c.Query("by"))
	if err != nil {
		return nil, err
	}
	out := wire.RegisterTotals{Register: d.ID, From: string(p.From), To: string(p.To), Items: []wire.RegisterTotal{}}
	if !asOf.IsZero() {
		out.AsOf = &asOf
	}
	for _, v := range all {
		q := url.Values{"total": {v.ID}}
		for _, name := range []string{"from", "to", "asOf"} {
			if text := c.Query(name); text != "" {
				q.Set(name, text)
			}
		}
		if by := c.Query("by"); by != "" {
			q.Set("filter["+by+"]", v.Group)
		}
		out.Items = append(out.Items, wire.RegisterTotal{
			ID: v.ID, Label: v.Def.Label.In(string(c.lang)), Unit: v.Def.Unit, Fn: v.Def.Fn, Group: v.Group, Value: v.Value, Count: v.Rows,
			Rows: "/api/v1/registers/" + d.ID + "/entries?" + q.Encode(),
		})
	}
	return out, nil
}
