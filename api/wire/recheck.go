package wire

// Rechecks are closed rectifications that somebody looks at again.
type Rechecks struct {
	Items    []Recheck `json:"items"`
	Drawn    int       `json:"drawn"`
	Valid    int       `json:"valid"`
	Recurred int       `json:"recurred"`
	Until    string    `json:"until,omitempty"` // closed up to this day: those have been in a draw
	Seed     string    `json:"seed,omitempty"`  // of the last draw
	MayDraw  bool      `json:"mayDraw"`
}

// Recheck is one of them.
type Recheck struct {
	No        string     `json:"no"`
	Title     string     `json:"title"`
	Unit      string     `json:"unit"`
	UnitName  string     `json:"unitName"`
	ClosedOn  string     `json:"closedOn"`
	Verifier  *PersonRef `json:"verifier,omitempty"`
	Draw      string     `json:"draw"`
	Result    string     `json:"result,omitempty"` // valid, recurred
	Method    string     `json:"method,omitempty"`
	Note      string     `json:"note,omitempty"`
	Checker   *PersonRef `json:"checker,omitempty"`
	CheckedOn string     `json:"checkedOn,omitempty"`
	Again     string     `json:"again,omitempty"` // number of the one that was opened anew
	MayCheck  bool       `json:"mayCheck"`
}

// RecheckInput is what a second look has found.
type RecheckInput struct {
	Result string `json:"result"`
	Method string `json:"method"`
	Note   string `json:"note"`
}
