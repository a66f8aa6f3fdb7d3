package registers

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
)

// The states of an entry.
const (
	Recorded = "recorded"
	Verified = "verified"
	Void     = "void"
)

// Slots are the typed columns that a definition gives to fields.
type Slots struct {
	T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12 string
	N1, N2, N3, N4, N5, N6, N7, N8                    int64 // ten-thousandths
	D1, D2, D3, D4                                    string
}

// State of an entry at one of its revisions.
type State struct {
	Register   string
	DefVersion int
	State      string
	Revision   int
	Owner      string
	OnDate     models.Date // "" never
	RecordedAt time.Time
	Backfilled bool
	Actor      string
	Post       string
	Reason     string
	Import     int64
	Body       models.JSON
	Slots      `gorm:"embedded"`
}

// Entry of a register, as it is now.
type Entry struct {
	ID        int64 `gorm:"primaryKey"`
	KeyLive   *string
	CreatedAt time.Time
	CreatedBy string
	State     `gorm:"embedded"`
}

// TableName of the entity.
func (Entry) TableName() string { return "register_entry" }

// Revision of an entry; rows are only ever added.
type Revision struct {
	ID    int64 `gorm:"primaryKey;autoIncrement:false"`
	State `gorm:"embedded"`
}

// TableName of the entity.
func (Revision) TableName() string { return "register_revision" }

// Fields of the entry by key; numbers are json.Number.
func (s State) Fields() (map[string]any, error) {
	m := map[string]any{}
	if err := s.Body.Into(&m); err != nil {
		return nil, fmt.Errorf("entry of %s: %w", s.Register, err)
	}
	return m, nil
}

// place is where a slot lies.
func (s *Slots) place(slot string) any {
	switch slot[0] {
	case 't':
		all := [...]*string{&s.T1, &s.T2, &s.T3, &s.T4, &s.T5, &s.T6, &s.T7, &s.T8, &s.T9, &s.T10, &s.T11, &s.T12}
		return all[index(slot)]
	case 'n':
		all := [...]*int64{&s.N1, &s.N2, &s.N3, &s.N4, &s.N5, &s.N6, &s.N7, &s.N8}
		return all[index(slot)]
	}
	all := [...]*string{&s.D1, &s.D2, &s.D3, &s.D4}
	return all[index(slot)]
}

func index(slot string) int {
	n := 0
	for _, r := range slot[1:] {
		n = n*10 + int(r-'0')
	}
	return n - 1
}

// fill puts values into the slots that the definition gives them.
func (d *Definition) fill(s *Slots, fields map[string]any) {
	*s = Slots{}
	put := func(slot string, v any) {
		if slot == "" || v == nil {
			return
		}
		text, _ := textOf(v)
		switch at := s.place(slot).(type) {
		case *string:
			*at = text
		case *int64:
			*at = slotNumber(v)
		}
	}
	for _, f := range d.Fields {
		put(f.Slot, fields[f.Key])
	}
	for _, c := range d.Computed {
		put(c.Slot, fields[c.Key])
	}
}

func slotNumber(v any) int64 {
	switch x := v.(type) {
	case bool:
		if x {
			return scaled(decimal.New(1, 0))
		}
	case json.Number:
		if n, err := decimal.NewFromString(x.String()); err == nil {
			return scaled(n)
		}
	}
	return 0
}

// calendarOf answers working-day questions and remembers the years about which nobody has said anything yet.
type calendarOf struct {
	calendar.Civil
	unknown map[int]bool
}

// IsWorkday reports whether people work on a day.
func (c calendarOf) IsWorkday(year int, month time.Month, day int) bool {
	if c.Provisional(year) {
		c.unknown[year] = true
	}
	return c.Civil.IsWorkday(year, month, day)
}

// writer reads what is entered, for one register and one person.
type writer struct {
	tx    *gorm.DB
	a     models.Acting
	def   *Definition
	sight *Sight
	days  *calendar.Calendar
	org   *feel.Context
}

func newWriter(tx *gorm.DB, a models.Acting, d *Definition) (*writer, error) {
	days, err := calendar.Newest(tx)
	if err != nil {
		return nil, err
	}
	w := &writer{tx: tx, a: a, def: d, sight: See(tx, a, d), days: days, org: feel.NewContext(1)}
	units, err := w.sight.lists.functions("bureau")
	if err == nil && units[0] != "-" {
		w.org.Set("bureau", units[0])
	}
	return w, err
}

// entered is what somebody wants an entry to be.
type entered struct {
	fields map[string]any
	owner  string
	on     models.Date
	key    *string
}

// take reads fields, computes the others, and checks all of it: every mistake at once.
func (w *writer) take(in map[string]any) (entered, error) {
	r := models.Refuse("invalid-data")
	e := entered{fields: map[string]any{}}
	for key := range in {
		if w.def.Field(key) == nil {
			if _, kind := w.def.slot(key); kind != "" {
				r.Field("/"+key, "field-computed")
			} else {
				r.Field("/"+key, "field-unknown")
			}
		}
	}
	for i := range w.def.Fields {
		f := &w.def.Fields[i]
		v, wrong, err := f.read(in[f.Key], w.sight.lists.options)
		switch {
		case err != nil:
			return e, err
		case wrong != nil:
			r.Fields = append(r.Fields, models.FieldError{Pointer: "/" + f.Key, Code: wrong.Code, Args: wrong.Args})
		case v != nil:
			e.fields[f.Key] = v
		case f.Required:
			r.Field("/"+f.Key, "required")
		}
	}
	if err := r.OrNil(); err != nil {
		return e, err
	}
	if err := w.compute(r, &e); err != nil {
		return e, err
	}
	if err := r.OrNil(); err != nil {
		return e, err
	}
	return e, w.place(r, &e)
}

// compute evaluates the computed fields and then the invariants.
func (w *writer) compute(r *models.Refusal, e *entered) error {
	days := calendarOf{calendar.Civil{Calendar: w.days}, map[int]bool{}}
	env := feel.Env{Now: w.a.At, Zone: models.Zone, Calendar: days}
	vars := w.vars(e.fields)
	for _, c := range w.def.Computed {
		v, warnings := c.program.Eval(env, vars)
		if len(warnings) > 0 && v == nil && !absent(w.def, e.fields) {
			return fmt.Errorf("register %s: %s: %s", w.def.ID, c.Key, warnings[0].Message)
		}
		kept, err := stored(c.Type, v)
		if err != nil {
			r.Field("/"+c.Key, "number-too-large")
			continue
		}
		if kept != nil {
			e.fields[c.Key] = kept
		}
		vars[c.Key] = v
	}
	for _, v := range w.def.Invariants {
		holds, _ := v.program.Eval(env, vars)
		if holds != true {
			r.Field("/"+v.Field, "form-field", "zh", w.say(v.Message.Zh, e.fields), "en", w.say(v.Message.In("en"), e.fields))
		}
	}
	for year := range days.unknown { // no answer is better than a wrong one
		r.Fields = nil
		r.Field("/"+w.def.Date, "calendar-year-missing", "year", fmt.Sprint(year))
	}
	return nil
}

// absent reports that a field is empty, so that an expression over it may well be null.
func absent(d *Definition, fields map[string]any) bool {
	for _, f := range d.Fields {
		if fields[f.Key] == nil {
			return true
		}
	}
	return false
}

// say puts the values of fields into a sentence.
func (w *writer) say(text string, fields map[string]any) string {
	for _, f := range w.def.Fields {
		if strings.Contains(text, "{"+f.Key+"}") {
			v, _ := textOf(fields[f.Key])
			text = strings.ReplaceAll(text, "{"+f.Key+"}", v)
		}
	}
	return text
}

func (w *writer) vars(fields map[string]any) feel.MapVars {
	vars, ctx := feel.MapVars{}, feel.NewContext(len(w.def.Fields))
	for _, f := range w.def.Fields {
		v := feelOf(f.Type, fields[f.Key])
		vars[f.Key] = v
		ctx.Set(f.Key, v)
	}
	for _, c := range w.def.Computed {
		vars[c.Key] = feelOf(c.Type, fields[c.Key])
	}
	vars["entry"], vars["org"] = ctx, w.org
	return vars
}

// place finds owner, business date and key.
func (w *writer) place(r *models.Refusal, e *entered) error {
	d := w.def
	e.on = w.a.On()
	if d.Date != "" {
		text, _ := textOf(e.fields[d.Date])
		e.on = models.Date(text)
	}
	if e.on > models.DateOf(w.a.At) && !d.future() {
		r.Field("/"+d.Date, "date-in-future")
	}
	var err error
	if f := d.Field(d.Owner); f != nil {
		e.owner, err = w.sight.lists.unit(f, e.fields[f.Key])
	} else {
		var units []string
		if units, err = w.sight.lists.functions(d.Owner); err == nil {
			e.owner = units[0]
		}
	}
	if err != nil {
		return err
	}
	if len(d.Key) > 0 {
		var parts []string
		for _, key := range d.Key {
			text, _ := textOf(e.fields[key])
			parts = append(parts, strings.NewReplacer("|", "||").Replace(text))
		}
		key := strings.Join(parts, "|")
		e.key = &key
	}
	return r.OrNil()
}

// future reports that entries may lie ahead: nothing that has happened, but what is planned.
func (d *Definition) future() bool { return d.Date == "" || d.Planned }

// Find reads an entry; a refusal "not-found" when the register has none of that id.
func Find(tx *gorm.DB, register string, id int64) (Entry, error) {
	var e Entry
	err := tx.Where("register = ? AND id = ?", register, id).Take(&e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return e, models.Refuse("not-found", "what", fmt.Sprint(id))
	}
	if err != nil {
		return e, fmt.Errorf("entry %d of %s: %w", id, register, err)
	}
	return e, nil
}

// Revisions of an entry, the newest first.
func Revisions(tx *gorm.DB, id int64) ([]Revision, error) {
	var all []Revision
	if err := tx.Where("id = ?", id).Order("revision DESC").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("revisions of %d: %w", id, err)
	}
	return all, nil
}
