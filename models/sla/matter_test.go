package sla_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/sla"
)

// TestMatterClocks holds the clocks of stages to the golden cases of rules.md §3
// (PA-1 to PA-3), the daily cut-off and the way back. A line is "STAGE moment",
// "cause from > to" for a standstill, to may be missing.
func TestMatterClocks(t *testing.T) {
	review := sla.MatterRule{ID: "review", From: books.Accepted, To: []books.Stage{books.Reviewed}, Until: []books.Stage{books.Draft}, Days: 10}
	accept := sla.MatterRule{
		ID: "accept", From: books.Submitted, To: []books.Stage{books.Accepted}, Until: []books.Stage{books.Draft}, Days: 3,
		PausedIn: map[books.Stage]string{books.Supplementing: "supplement"},
	}
	sign := sla.MatterRule{ID: "sign", From: books.Awarded, To: []books.Stage{books.Contracted}, Days: 30, CalendarDays: true, Statutory: true}
	publish := sla.MatterRule{ID: "publish", From: "SIGNED", To: []books.Stage{"DONE"}, Days: 2, Statutory: true}
	for _, c := range []struct {
		name  string
		rule  sla.MatterRule
		lines string
		now   string
		want  string // received due used, then: paused, ended, late, year…; "none"
	}{
		{"PA-1", review, "ACCEPTED 2022-05-16 10:00", "2022-05-20 09:00", "2022-05-16 2022-05-30 4"},
		{"PA-2", review, "ACCEPTED 2022-05-16 10:00; supplement 2022-05-19 11:00 > 2022-05-26 15:00", "2022-05-27 09:00",
			"2022-05-16 2022-06-07 4"},
		{"PA-3: a union, never summed", review, "ACCEPTED 2022-05-16 10:00; supplement 2022-05-19 11:00 > 2022-05-26 15:00; " +
			"experts 2022-05-23 09:00 > 2022-05-31 15:00", "2022-06-01 09:00", "2022-05-16 2022-06-10 4"},
		{"the same pause from several tasks", review, "ACCEPTED 2022-05-16 10:00; experts 2022-05-19 11:00 > 2022-05-26 15:00; " +
			"experts 2022-05-19 11:00 > 2022-05-26 15:00; experts 2022-05-20 08:00 > 2022-05-25 15:00", "2022-05-27 09:00",
			"2022-05-16 2022-06-07 4"},
		{"stands still now", review, "ACCEPTED 2022-05-16 10:00; experts 2022-05-19 11:00", "2022-05-26 15:00",
			"2022-05-16 2022-06-07 3 paused"},
		{"a pause within a day is none", review, "ACCEPTED 2022-05-16 10:00; visit 2022-05-19 09:00 > 2022-05-19 17:00", "2022-05-20 09:00",
			"2022-05-16 2022-05-30 4"},
		{"a pause before it began does not count", review, "ACCEPTED 2022-05-16 10:00; experts 2022-05-10 09:00 > 2022-05-12 17:00",
			"2022-05-20 09:00", "2022-05-16 2022-05-30 4"},
		{"received at half past five", review, "ACCEPTED 2022-05-16 17:30", "2022-05-16 18:00", "2022-05-16 2022-05-30 0"},
		{"after half past five", review, "ACCEPTED 2022-05-16 17:31", "2022-05-16 18:00", "2022-05-17 2022-05-31 0"},
		{"on a Saturday", review, "ACCEPTED 2022-05-14 10:00", "2022-05-14 18:00", "2022-05-16 2022-05-30 0"},
		{"ended on its last day", review, "ACCEPTED 2022-05-16 10:00; REVIEWED 2022-05-30 23:59", "2022-06-20 09:00",
			"2022-05-16 2022-05-30 10 ended"},
		{"ended a day late", review, "ACCEPTED 2022-05-16 10:00; REVIEWED 2022-05-31 00:00", "2022-06-20 09:00",
			"2022-05-16 2022-05-30 11 ended late"},
		{"late and running", review, "ACCEPTED 2022-05-16 10:00", "2022-05-31 09:00", "2022-05-16 2022-05-30 11 late"},
		{"went back", review, "ACCEPTED 2022-05-16 10:00; DRAFT 2022-05-20 10:00", "2022-05-31 09:00", "none"},
		{"begins anew", review, "ACCEPTED 2022-05-16 10:00; DRAFT 2022-05-20 10:00; SUBMITTED 2022-05-24 10:00; ACCEPTED 2022-05-25 10:00",
			"2022-05-26 09:00", "2022-05-25 2022-06-09 1"},
		{"supplemented", accept, "SUBMITTED 2022-05-16 10:00; SUPPLEMENTING 2022-05-17 10:00; SUBMITTED 2022-05-24 10:00",
			"2022-05-25 09:00", "2022-05-16 2022-05-26 2"},
		{"supplemented after the cut-off", accept, "SUBMITTED 2022-05-16 10:00; SUPPLEMENTING 2022-05-17 10:00; SUBMITTED 2022-05-24 17:31",
			"2022-05-25 09:00", "2022-05-16 2022-05-27 1"},
		{"while it is supplemented", accept, "SUBMITTED 2022-05-16 10:00; SUPPLEMENTING 2022-05-17 10:00", "2022-06-20 09:00",
			"2022-05-16 2022-06-22 1 paused"},
		{"by law: calendar days, no cut-off, no pause", sign, "AWARDED 2022-05-14 20:00; suspension 2022-05-16 09:00 > 2022-06-01 09:00",
			"2022-05-20 09:00", "2022-05-14 2022-06-13 6"},
		{"by law: working days from the day of signing, a Saturday", publish, "SIGNED 2022-05-14 00:00", "2022-05-16 09:00",
			"2022-05-14 2022-05-17 1"},
		{"published on the last day", publish, "SIGNED 2022-05-12 00:00; DONE 2022-05-16 00:00", "2022-06-16 09:00",
			"2022-05-12 2022-05-16 2 ended"},
		{"published a day late; a suspension does not help", publish,
			"SIGNED 2022-05-12 00:00; suspension 2022-05-12 09:00 > 2022-06-01 09:00; DONE 2022-05-17 00:00", "2022-06-16 09:00",
			"2022-05-12 2022-05-16 3 ended late"},
		{"a year that is not published", review, "ACCEPTED 2031-05-16 10:00", "2031-05-16 12:00", "2031-05-16 2031-05-30 0 [2031]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stages []books.StageChange
			var still []sla.Standstill
			for _, line := range strings.Split(c.lines, "; ") {
				word, rest, _ := strings.Cut(line, " ")
				from, to, ended := strings.Cut(rest, " > ")
				if strings.ToUpper(word) == word {
					stages = append(stages, books.StageChange{Stage: books.Stage(word), At: at(t, from+":00")})
					continue
				}
				s := sla.Standstill{Cause: word, From: at(t, from+":00")}
				if ended {
					s.To = at(t, to+":00")
				}
				still = append(still, s)
			}
			now := at(t, c.now+":00")
			m, runs := shipped(t).Matter(c.rule, stages, still, now)
			got := "none"
			if runs {
				got = fmt.Sprint(m.Received, " ", m.Due, " ", m.Used)
				for word, is := range map[string]bool{" paused": m.Paused, " ended": !m.Ended.IsZero()} {
					if is {
						got += word
					}
				}
				if m.Late(now) {
					got += " late"
				}
				if len(m.Provisional) > 0 {
					got += fmt.Sprint(" ", m.Provisional)
				}
			}
			if got != c.want {
				t.Errorf("the clock stands at %s, want %s", got, c.want)
			}
		})
	}
}
