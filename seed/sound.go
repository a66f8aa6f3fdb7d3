package seed

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// sound finds what no server could take, before anything is played.
func (d Data) sound() Faults {
	var f Faults
	if len(d.Projects)+len(d.Items)+len(d.Walks)+len(d.Entries)+len(d.Stuck) == 0 && d.Campaign == nil {
		f.add("", "nothing")
	}
	seen := map[string]bool{}
	once := func(pointer, kind, key string) {
		if seen[kind+"\x00"+key] {
			f.add(pointer, "twice", "what", key)
		}
		seen[kind+"\x00"+key] = true
	}
	for n, p := range d.Projects {
		at := "/projects/" + strconv.Itoa(n)
		f.needed(at, "code", p.Code)
		once(at+"/code", "project", p.Code)
		for name, day := range p.Dates {
			f.day(at+"/dates/"+name, day)
		}
	}
	for n, i := range d.Items {
		at := "/items/" + strconv.Itoa(n)
		f.needed(at, "code", i.Code)
		f.needed(at, "name", i.Name)
		once(at+"/code", "item", i.Code)
		f.day(at+"/validFrom", i.ValidFrom)
		if i.LegalDays < 0 || i.PromisedDays < 0 || i.PromisedDays > i.LegalDays {
			f.add(at+"/promisedDays", "days", "legal", strconv.Itoa(i.LegalDays), "promised", strconv.Itoa(i.PromisedDays))
		}
	}
	d.soundCampaign(&f, once)
	for n, e := range d.Entries {
		at := "/entries/" + strconv.Itoa(n)
		f.needed(at, "register", e.Register)
		f.day(at+"/on", e.On)
		raw, _ := json.Marshal(e) // which came from JSON
		once(at, "entry", string(raw))
	}
	for n, b := range d.Stuck {
		if code := b.fault(); code != "" {
			f.add("/stuck/"+strconv.Itoa(n), code)
		}
	}
	return f
}

func (d Data) soundCampaign(f *Faults, once func(pointer, kind, key string)) {
	if d.Campaign == nil {
		if len(d.Walks) > 0 {
			f.add("/walks", "noCampaign")
		}
		return
	}
	k := d.Campaign
	f.day("/campaign/startsOn", k.StartsOn)
	f.day("/campaign/endsOn", k.EndsOn)
	if k.EndsOn < k.StartsOn {
		f.add("/campaign/endsOn", "order", "first", k.StartsOn, "then", k.EndsOn)
	}
	known, listed := map[string]bool{}, map[string]bool{}
	for _, i := range d.Items {
		known[i.Code] = true
	}
	for n, u := range k.Units {
		at := "/campaign/units/" + strconv.Itoa(n)
		once(at+"/unit", "unit", u.Unit)
		for m, code := range u.Items {
			here := fmt.Sprintf("%s/items/%d", at, m)
			once(here, "listed", code)
			if listed[code] = true; len(d.Items) > 0 && !known[code] {
				f.add(here, "noItem", "item", code)
			}
		}
	}
	for n, w := range d.Walks {
		d.soundWalk(f, "/walks/"+strconv.Itoa(n), w, listed)
	}
}

func (d Data) soundWalk(f *Faults, at string, w Walk, listed map[string]bool) {
	if !listed[w.Item] {
		f.add(at+"/item", "notListed", "item", w.Item)
	}
	if f.day(at+"/on", w.On) && (w.On < d.Campaign.StartsOn || w.On > d.Campaign.EndsOn) {
		f.add(at+"/on", "outside", "day", w.On, "from", d.Campaign.StartsOn, "to", d.Campaign.EndsOn)
	}
	f.oneOf(at+"/role", w.Role, "群众", "企业")
	f.oneOf(at+"/channel", w.Channel, "window", "online", "app", "selfService")
	for n, i := range w.Issues {
		here := at + "/issues/" + strconv.Itoa(n)
		f.needed(here, "title", i.Title)
		if !slices.Contains([]string{closedIssue, referredIssue, openIssue}, i.Becomes) {
			f.add(here+"/becomes", "becomes", "got", i.Becomes)
		}
		if i.Becomes == closedIssue || i.Becomes == referredIssue {
			if f.day(here+"/closedOn", i.ClosedOn) && i.ClosedOn < w.On {
				f.add(here+"/closedOn", "order", "first", w.On, "then", i.ClosedOn)
			}
		}
		f.oneOf(here+"/kind", i.Kind, "RULE", "PROC", "MAT", "TIME", "SYS", "STAFF", "WIN", "INFO", "SUPER", "RES")
		if days, err := decimal.NewFromString(i.Days); i.Days != "" && (err != nil || days.IsNegative() || !days.Equal(days.Round(1))) {
			f.add(here+"/daysCut", "number", "got", i.Days)
		}
		for name, count := range map[string]int{"materialsCut": i.Materials, "stepsCut": i.Steps, "returns": i.Returns} {
			if count < 0 {
				f.add(here+"/"+name, "number", "got", strconv.Itoa(count))
			}
		}
	}
}

func (f *Faults) needed(at, name, value string) {
	if value == "" {
		f.add(at+"/"+name, "needed")
	}
}

// oneOf notes a value that is none of those that there are.
func (f *Faults) oneOf(pointer, value string, all ...string) {
	if !slices.Contains(all, value) {
		f.add(pointer, "oneOf", "got", value, "all", strings.Join(all, "、"))
	}
}

// day reports whether a text is a day, and notes where it is none.
func (f *Faults) day(pointer, text string) bool {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		f.add(pointer, "day", "got", text)
		return false
	}
	return true
}
