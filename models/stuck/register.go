package stuck

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// Input is what the window writes down.
type Input struct {
	Category    string
	Person      string // may stay unnamed
	Phone       string
	Item        string
	ServiceItem string
	Unit        string
	Joint       []string
	Visits      int
	Reason      string
	Difficulty  string // proposed; spot: the window sees to it today
	Answer      string // of a consultation that is answered at once
}

// Register keeps what somebody has reported. The scope (in, consult, out) is what
// rule W05 says of it.
func Register(tx *gorm.DB, a models.Acting, keys office.Cipher, in Input, scope string) (r Report, err error) {
	kind := map[string]string{"in": Case, "consult": Consult, "out": Out}[scope]
	f := models.Refuse("invalid-data")
	in.trim()
	in.check(f, kind)
	if err := in.known(tx, f, kind); err != nil {
		return r, err
	}
	if err := f.OrNil(); err != nil {
		return r, err
	}
	r = Report{
		Kind: kind, Category: in.Category, Item: in.Item, ServiceItem: in.ServiceItem, Unit: in.Unit,
		Joint: models.JSONOf(append([]string{}, in.Joint...)), Visits: in.Visits,
		Difficulty: in.Difficulty, State: Open, ReceivedOn: a.On(), Registrar: a.Person, Desk: a.Post, Backfilled: a.BackRegistered(),
		CreatedAt: models.Stamp(a.At),
	}
	if kind != Case {
		r.Difficulty = ""
		if in.Answer != "" {
			r.answer(a, in.Answer)
		}
	}
	if r.No, err = models.NextCode(tx, "BC", a.On().Year()); err != nil {
		return r, err
	}
	if err := r.seal(keys, in); err != nil {
		return r, err
	}
	return r, Save(tx, a, &r, "register", in.Item)
}

// answer closes what is no case.
func (r *Report) answer(a models.Acting, text string) {
	r.State, r.Reply, r.RepliedOn, r.Outcome = Closed, text, a.On(), Consulted
	if r.Kind == Out {
		r.Outcome = OutOf
	}
}

// Answer closes a consultation, or what is not for this window, with what was said.
func (r *Report) Answer(a models.Acting, text string) { r.answer(a, text) }

func (in *Input) trim() {
	for _, s := range []*string{&in.Person, &in.Phone, &in.Item, &in.ServiceItem, &in.Unit, &in.Reason, &in.Answer} {
		*s = strings.TrimSpace(*s)
	}
}

const longestText = 4000

func (in Input) check(f *models.Refusal, kind string) {
	for _, x := range []struct {
		pointer, text string
		most          int
		needed        bool
	}{
		{"/item", in.Item, 120, true}, {"/reason", in.Reason, longestText, kind == Case}, {"/person", in.Person, 60, kind == Case},
		{"/phone", in.Phone, 40, kind == Case}, {"/answer", in.Answer, longestText, false},
	} {
		switch {
		case x.needed && x.text == "":
			f.Field(x.pointer, "required")
		case utf8.RuneCountInString(x.text) > x.most:
			f.Field(x.pointer, "text-too-long", "limit", strconv.Itoa(x.most))
		}
	}
	if in.Phone != "" && !phoneLike(in.Phone) {
		f.Field("/phone", "phone-format")
	}
	if in.Visits < 0 || in.Visits > 1000 {
		f.Field("/visits", "number-range", "low", "0", "high", "1000")
	}
	if kind != Case {
		return
	}
	if in.Answer != "" {
		f.Field("/answer", "stuck-case-is-handled")
	}
	switch in.Difficulty {
	case "", "spot", "simple", "complex", "hard":
	default:
		f.Field("/difficulty", "not-an-option", "options", strings.Join(Difficulties, ", "))
	}
}

// phoneLike: digits with what people put between them, at least seven.
func phoneLike(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n++
		case !strings.ContainsRune("+-() ", r):
			return false
		}
	}
	return n >= 7 && n <= 15
}

// known checks the units: one that handles a case has somebody who does.
func (in Input) known(tx *gorm.DB, f *models.Refusal, kind string) error {
	if in.Unit == "" {
		if kind == Case {
			f.Field("/unit", "required")
		}
		return nil
	}
	return Handlers(tx, f, "/unit", in.Unit)
}

// Handlers refuses a unit in which nobody handles cases.
func Handlers(tx *gorm.DB, f *models.Refusal, pointer, unit string) error {
	owners, err := office.Members(tx, office.PostID("RECT_OWNER", unit))
	if err == nil && len(owners) == 0 {
		f.Field(pointer, "no-rectification-owner", "dept", unit)
	}
	return err
}
