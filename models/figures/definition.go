package figures

// The kinds of figures, by where their rows are.
const (
	KindBooks    = "books"    // SQL over projects, ledger and rectifications
	KindCampaign = "campaign" // of the campaign that runs in the period
	KindService  = "service"  // shares of the service items
	KindRegister = "register" // the total of a register, under the same id
	KindWindow   = "window"   // cases of the window for what could not be done, beside the ledger that was kept before
)

// Query is how a figure finds its rows: SQL with the parameters @from, @to and
// @as_of, the figure of a campaign or of service items, or the total of a register.
type Query struct{ SQL, Campaign, Service, Total string }

// Definition is a version of a figure: how its value is computed, and the rows
// behind it, whose number or sum is the value. A definition that changes its
// meaning gets the next version: snapshots keep by which one they were computed.
type Definition struct {
	ID, Kind, Unit string
	Version        int
	Group          string // figures of one group are about the same: V07 compares groups
	Sum            string // column whose sum is the value; "": the number of rows
	Over           string // column of the denominator, of a rate
	Scale          int32  // decimals of the sum
	Tenths         bool   // the column is kept in tenths
	Columns        []Column
	Rows           Query
	Worded         string // unit of a number that is told as 10余 (rule X02)
}

// Column of the rows. Its label is the text "column.<ID>".
type Column struct {
	ID   string
	Kind string // text, money, date, count
}

var (
	code    = Column{"project", "text"}
	name    = Column{"name", "text"}
	dept    = Column{"dept", "text"}
	amount  = Column{"amount", "money"}
	ref     = Column{"ref", "text"}
	on      = Column{"on", "date"}
	stage   = Column{"stage", "text"}
	line    = Column{"line", "text"}
	reason  = Column{"reason", "text"}
	no      = Column{"no", "text"}
	title   = Column{"title", "text"}
	state   = Column{"state", "text"}
	cut     = Column{"cut", "money"}
	decl    = Column{"declared", "money"}
	refund  = Column{"refunded", "money"}
	counted = Column{"n", "count"}
	of      = Column{"of", "count"}
	what    = Column{"what", "text"}
)

var (
	entryColumns   = []Column{code, name, dept, ref, on, amount}
	cutColumns     = []Column{code, name, dept, line, reason, on, amount}
	issueColumns   = []Column{no, title, dept, code, on, state}
	savedColumns   = []Column{no, title, dept, on, counted}
	countyColumns  = []Column{ref, dept, what, on, counted}
	serviceColumns = []Column{ref, what, dept, counted, of}
)

// Definitions are the figures of the half-year report, in its order.
var Definitions = concat(projectFigures(), campaignFigures(), serviceFigures(), registerFigures())

func concat(all ...[]Definition) (out []Definition) {
	for _, some := range all {
		out = append(out, some...)
	}
	return out
}

func campaignFigures() (out []Definition) {
	for _, f := range []struct{ id, unit string }{
		{"walk_started", ""}, {"walk_depts", "家"}, {"walk_depts_complete", "家"}, {"walk_items", "项"}, {"walk_issues", "项"},
		{"walk_rectified", "项"},
		{"walk_referred", "项"}, {"walk_materials_cut", "份"}, {"walk_steps_cut", "个"}, {"walk_days_cut", "天"},
	} {
		d := Definition{
			ID: f.id, Kind: KindCampaign, Unit: f.unit, Version: 1, Group: "walk", Sum: counted.ID, Columns: countyColumns,
			Rows: Query{Campaign: f.id},
		}
		switch f.id {
		case "walk_started":
			d.Sum = ""
		case "walk_days_cut":
			d.Scale = 1
		}
		out = append(out, d)
	}
	return out
}

func serviceFigures() (out []Definition) {
	for _, id := range []string{"time_cut_rate", "time_cut_items_rate", "instant_rate"} {
		out = append(
			out,
			Definition{
				ID: id, Kind: KindService, Unit: "%", Version: 1, Group: "service", Sum: counted.ID, Over: of.ID, Columns: serviceColumns,
				Rows: Query{Service: id},
			},
		)
	}
	return out
}

func registerFigures() (out []Definition) {
	for _, f := range []struct{ id, unit, group, worded string }{
		{"licence_types", "种", "licence", ""}, {"licence_national", "种", "licence", ""}, {"licence_other", "种", "licence", ""},
		{"duty_windows", "个", "duty", ""}, {"duty_items", "件", "duty", ""}, {"duty_calls", "个", "duty", ""},
		{"stuck_consulted", "件", "stuck", ""}, {"stuck_accepted", "件", "stuck", ""}, {"stuck_resolved", "件", "stuck", ""},
		{"enterprise_consulted", "次", "enterprise", "次"},
		{"collection_done", "家", "collection", ""}, {"collection_started", "家", "collection", ""},
		{"catalogue_version", "", "collection", ""},
		{"promo_trips", "次", "promo", ""}, {"promo_groups", "批", "promo", ""},
		{"plan_urge_depts", "家", "walk", ""}, {"plan_units", "家", "walk", ""}, {"plan_items", "项", "walk", ""},
	} {
		d := Definition{
			ID: f.id, Kind: KindRegister, Unit: f.unit, Version: 1, Group: f.group, Sum: counted.ID, Columns: countyColumns,
			Rows: Query{Total: f.id}, Worded: f.worded,
		}
		if f.unit == "" {
			d.Sum = ""
		}
		if where := atTheWindow[f.id]; where != "" {
			d.Kind, d.Version, d.Rows.SQL = KindWindow, 2, reported(where)
		}
		out = append(out, d)
	}
	return out
}
