package roster

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

func lower(s string) string { return strings.ToLower(s) }

// checkCells looks at the cells of a row for themselves.
func checkCells(row Row) *Refused {
	for _, c := range columns {
		text := *c.field(&row)
		switch {
		case utf8.RuneCountInString(text) > maxCell:
			return refused(row, c.key, "setup-too-long", "limit", strconv.Itoa(maxCell))
		case strings.ContainsFunc(text, unicode.IsControl):
			return refused(row, c.key, "setup-controls")
		}
	}
	for _, cell := range []struct {
		column, text, code string
		ok                 func(string) bool
	}{
		{"unit", row.Unit, "setup-unit-id", office.UnitID.MatchString}, {"parent", row.Parent, "setup-unit-id", office.UnitID.MatchString},
		{"account", row.Account, "setup-person-id", office.PersonID.MatchString}, {"uscc", row.USCC, "uscc-form", office.USCC},
		{"unitKind", row.UnitKind, "roster-unit-kind", func(s string) bool { return slices.Contains(office.UnitKinds, s) }},
		{"mobile", row.Mobile, "mobile-form", func(s string) bool { return masked(s) || office.Mobile(s) }},
		{"idno", row.IDNo, "idno-form", func(s string) bool { return masked(s) || office.IDNo(strings.ToUpper(s)) }},
		{"role", row.Role, "no-such-role", func(s string) bool { _, ok := roleOf(s); return ok }},
		{"rank", row.Rank, "roster-rank", func(s string) bool { n, err := strconv.Atoi(s); return err == nil && n >= 0 && n <= 9 }},
		{"primary", row.Primary, "roster-yes-no", func(s string) bool { _, ok := yes[lower(s)]; return ok }},
		{"from", row.From, "roster-date", date}, {"to", row.To, "roster-date", date},
		{"state", row.State, "roster-state", func(s string) bool { _, ok := states[lower(s)]; return ok }},
	} {
		if cell.text != "" && !cell.ok(cell.text) {
			return refused(row, cell.column, cell.code, "role", cell.text)
		}
	}
	if row.From != "" && row.To != "" && day(row.From) > day(row.To) {
		return refused(row, "to", "post-ends-before")
	}
	return nil
}

var (
	yes = map[string]bool{
		"是": true, "否": false, "主职": true, "兼": false, "yes": true, "no": false, "y": true, "n": false,
		"true": true, "false": false, "1": true, "0": false,
	}
	states = map[string]bool{"在岗": true, "离岗": false, "停用": false, "active": true, "left": false}
)

func masked(number string) bool { return strings.Contains(number, "*") }

// day is a date of a cell: 2026-05-06, 2026/5/6, 2026.5.6 or 20260506; "" when it is none.
func day(text string) models.Date {
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日", "01-02-06"} {
		if t, err := time.ParseInLocation(layout, text, models.Zone); err == nil {
			return models.DateOf(t)
		}
	}
	return ""
}

func date(text string) bool { return day(text) != "" }

// takePerson finds whom a row means: by account, by identity number, by mobile
// number, else by name and unit; or makes somebody new.
func (b *builder) takePerson(row *Row) (*personPlan, *Refused) {
	row.IDNo = strings.ToUpper(row.IDNo)
	keys := rowKeys(*row)
	for _, key := range keys {
		if p := b.byKey[key]; p != nil {
			return p, b.samePerson(p, *row)
		}
	}
	known, f := b.find(*row)
	if f != nil {
		return nil, f
	}
	if known != nil && b.isAdministrator(known.ID) {
		return nil, refused(*row, "name", "roster-administrator")
	}
	p := &personPlan{line: row.Line, leaves: row.State != "" && !states[lower(row.State)]}
	if known == nil {
		if row.Account == "" {
			row.Account = b.newAccount(row.Unit)
		}
		p.fresh = true
		p.person = office.Person{ID: row.Account, Name: row.Name, NameEn: row.NameEn, EmployerUnit: row.Unit, Kind: office.Internal}
		if slices.Contains(office.OutsideKinds, b.units[row.Unit].dept.Kind) {
			p.person.Kind = office.External
		}
		p.mobile, p.idno = unmasked(row.Mobile), unmasked(row.IDNo)
	} else {
		p.person = *known
		b.compare(p, *row)
		for _, held := range b.world.posts[known.ID] {
			if b.units[held.DeptID] == nil {
				p.roles = append(p.roles, held.Role) // where the list says nothing
			}
		}
	}
	row.Account = p.person.ID
	for _, key := range append(keys, "a:"+p.person.ID) {
		b.byKey[key] = p
	}
	b.listed[p.person.ID] = p
	b.ordered = append(b.ordered, p)
	return p, nil
}

func unmasked(number string) string {
	if masked(number) {
		return ""
	}
	return number
}

// rowKeys are what two rows of one person have in common.
func rowKeys(row Row) []string {
	var keys []string
	if row.Account != "" {
		keys = append(keys, "a:"+row.Account)
	}
	if n := unmasked(row.IDNo); n != "" {
		keys = append(keys, "i:"+n)
	}
	if n := unmasked(row.Mobile); n != "" {
		keys = append(keys, "m:"+n)
	}
	if len(keys) == 0 {
		keys = append(keys, "n:"+row.Name+" "+row.Unit)
	}
	return keys
}

// find is the person of the organisation that a row means; a number of another one is a contradiction.
func (b *builder) find(row Row) (*office.Person, *Refused) {
	byID := b.idno[b.mark(unmasked(row.IDNo))]
	byMobile := b.mobile[b.mark(unmasked(row.Mobile))]
	if row.Account != "" {
		p := b.people[row.Account]
		for _, number := range []struct{ column, person string }{{"idno", byID}, {"mobile", byMobile}} {
			if number.person != "" && number.person != row.Account {
				return nil, refused(
					row, number.column, "roster-number-taken", "person", b.people[number.person].Name, "unit",
					b.unitName(b.unitOf(b.people[number.person])),
				)
			}
		}
		return p, nil
	}
	if byID != "" && byMobile != "" && byID != byMobile {
		return nil, refused(
			row, "mobile", "roster-number-taken", "person", b.people[byMobile].Name, "unit", b.unitName(b.unitOf(b.people[byMobile])),
		)
	}
	if id := firstOf(byID, byMobile); id != "" {
		p := b.people[id]
		if p.Name != row.Name {
			return nil, refused(row, "name", "roster-number-taken", "person", p.Name, "unit", b.unitName(b.unitOf(p)))
		}
		return p, nil
	}
	var same []string
	for _, id := range b.named[row.Name] {
		p := b.people[id]
		if b.unitOf(p) == row.Unit && (p.MobileMark == "" || unmasked(row.Mobile) == "") &&
			(p.IDNoMark == "" || unmasked(row.IDNo) == "") && b.listed[id] == nil {
			same = append(same, id)
		}
	}
	switch len(same) {
	case 0:
		return nil, nil
	case 1:
		return b.people[same[0]], nil
	}
	return nil, refused(row, "name", "roster-ambiguous", "count", strconv.Itoa(len(same)))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (b *builder) unitName(id string) string {
	if u := b.world.units[id]; u != nil {
		return u.Name
	}
	return id
}

// samePerson refuses a row that says something else about its person than one before.
func (b *builder) samePerson(p *personPlan, row Row) *Refused {
	first := p.rows
	if len(first) == 0 {
		return nil
	}
	for _, say := range []struct{ column, is, says string }{
		{"account", p.person.ID, row.Account}, {"name", first[0].Name, row.Name}, {"mobile", first[0].Mobile, row.Mobile},
		{"idno", first[0].IDNo, row.IDNo},
	} {
		if say.says == "" || say.says == say.is || say.is == "" && say.column != "account" {
			continue
		}
		if say.column == "mobile" || say.column == "idno" {
			say.is, say.says = office.Mask(say.is), office.Mask(say.says)
		}
		return refused(row, say.column, "roster-contradiction", "is", say.is, "says", say.says)
	}
	if leaves := row.State != "" && !states[lower(row.State)]; leaves != p.leaves {
		return refused(row, "state", "roster-contradiction", "is", first[0].State, "says", row.State)
	}
	return nil
}

// compare notes what a row changes of an account.
func (b *builder) compare(p *personPlan, row Row) {
	set := func(field string, to *string, value string) {
		if value != "" && *to != value {
			p.fields, p.changed = append(p.fields, FieldChange{field, *to, value}), true
			*to = value
		}
	}
	if p.person.LeftAt != nil && !p.leaves { // back again, with the old account
		p.fields, p.changed = append(p.fields, FieldChange{"state", "离岗", "在岗"}), true
		p.person.LeftAt, p.person.Active = nil, false
	}
	set("name", &p.person.Name, row.Name)
	set("nameEn", &p.person.NameEn, row.NameEn)
	if b.world.unitOf(&p.person) != row.Unit && (row.Primary == "" || yes[lower(row.Primary)]) {
		set("unit", &p.person.EmployerUnit, row.Unit)
	}
	for _, n := range []struct {
		field, number, mark string
		to                  *string
	}{{"mobile", unmasked(row.Mobile), p.person.MobileMark, &p.mobile}, {"idno", unmasked(row.IDNo), p.person.IDNoMark, &p.idno}} {
		if n.number != "" && b.cipher != nil && b.mark(n.number) != n.mark {
			*n.to = n.number
			p.fields, p.changed = append(p.fields, FieldChange{n.field, "", office.Mask(n.number)}), true
		}
	}
}

// takePost notes the post of a row, if it names one.
func (b *builder) takePost(p *personPlan, row Row) *Refused {
	if row.Role == "" || p.leaves {
		return nil
	}
	role, _ := roleOf(row.Role)
	if slices.Contains(office.Administrators, role.Code) {
		return refused(row, "role", "roster-administrator")
	}
	id := office.PostID(role.Code, row.Unit)
	if line := b.posts[p.person.ID+" "+id]; line > 0 {
		return refused(row, "role", "roster-twice", "line", strconv.Itoa(line))
	}
	if !role.Fits(b.units[row.Unit].dept.Kind, b.serves[row.Unit]) {
		return refused(row, "role", "role-not-there", "role", role.Code, "unit", b.units[row.Unit].dept.Name)
	}
	if x, y, found := office.Excluding(office.Expand(b.sets, append(slices.Clone(p.roles), role.Code)...)); found {
		return refused(row, "role", "roles-exclude", "role", x, "other", y)
	}
	change := office.PostChange{Person: p.person.ID, Role: role.Code, Unit: row.Unit, Title: row.Title, Primary: len(p.rows) == 0}
	if row.Primary != "" {
		change.Primary = yes[lower(row.Primary)]
	}
	if row.Rank != "" {
		n, _ := strconv.Atoi(row.Rank)
		change.Rank = &n
	}
	if row.From != "" {
		from := day(row.From).Start()
		change.From = &from
	}
	if row.To != "" {
		to := day(row.To).AddDays(1).Start()
		if !to.After(b.now) {
			return refused(row, "to", "post-ends-before")
		}
		change.To = &to
	}
	b.posts[p.person.ID+" "+id] = row.Line
	p.roles = append(p.roles, role.Code)
	if !b.held(p.person.ID, id, change) {
		p.grant = append(p.grant, change)
	}
	return nil
}

// held reports whether a person holds the post already as the list has it.
func (b *builder) held(person, id string, c office.PostChange) bool {
	for _, h := range b.world.posts[person] {
		if h.ID == id {
			end := h.ValidTo == nil && c.To == nil || h.ValidTo != nil && c.To != nil && h.ValidTo.Equal(*c.To)
			return end && h.Title == c.Title && h.IsPrimary == c.Primary && (c.Rank == nil || *c.Rank == h.Rank)
		}
	}
	return false
}
