package wire

import "time"

// Register is a kind of ledger that a county keeps, as its file says.
type Register struct {
	ID        string          `json:"id"`
	Version   int             `json:"version"`
	Name      string          `json:"name"`
	About     string          `json:"about,omitempty"`
	Key       []string        `json:"key"`
	Date      string          `json:"date,omitempty"` // field with the business date
	Fields    []RegisterField `json:"fields"`
	List      []string        `json:"list"`
	Totals    []RegisterTotal `json:"totals"` // without values
	MayWrite  bool            `json:"mayWrite"`
	MayVerify bool            `json:"mayVerify"`
	Begins    bool            `json:"begins"` // an entry may raise a rectification
	Checks    string          `json:"checks,omitempty"`
}

// RegisterField is a column.
type RegisterField struct {
	Key         string           `json:"key"`
	Type        string           `json:"type"`
	Label       string           `json:"label"`
	Description string           `json:"description,omitempty"`
	Required    bool             `json:"required,omitempty"`
	Computed    bool             `json:"computed,omitempty"`
	Masked      bool             `json:"masked,omitempty"`
	Sortable    bool             `json:"sortable,omitempty"`
	Min         string           `json:"min,omitempty"`
	Max         string           `json:"max,omitempty"`
	Decimals    int              `json:"decimals,omitempty"`
	MaxLength   int              `json:"maxLength,omitempty"`
	Options     []RegisterOption `json:"options,omitempty"`
}

// RegisterOption of a select.
type RegisterOption struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// RegisterList are the registers that the person may read.
type RegisterList struct {
	Items []Register `json:"items"`
}

// RegisterTotal is a figure over the entries; Rows is the address of what is behind it.
type RegisterTotal struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Unit  string `json:"unit,omitempty"`
	Fn    string `json:"fn"`
	Group string `json:"group,omitempty"` // value of the field that it is parted by
	Value string `json:"value,omitempty"`
	Count int64  `json:"count"`
	Rows  string `json:"rows,omitempty"`
}

// RegisterTotals of a register.
type RegisterTotals struct {
	Register string          `json:"register"`
	From     string          `json:"from,omitempty"`
	To       string          `json:"to,omitempty"`
	AsOf     *time.Time      `json:"asOf,omitempty"`
	Items    []RegisterTotal `json:"items"`
}

// RegisterEntry is one entry.
type RegisterEntry struct {
	ID         string             `json:"id"`
	Register   string             `json:"register"`
	Revision   int                `json:"revision"`
	State      string             `json:"state"` // recorded, verified, void
	StateName  string             `json:"stateName"`
	Owner      string             `json:"owner,omitempty"`
	OwnerName  string             `json:"ownerName,omitempty"`
	Date       string             `json:"date"`
	RecordedAt time.Time          `json:"recordedAt"`
	Backfilled bool               `json:"backfilled"`
	By         *PersonRef         `json:"by,omitempty"`
	Reason     string             `json:"reason,omitempty"`
	Import     string             `json:"import,omitempty"`
	Fields     map[string]any     `json:"fields"`
	MayEdit    bool               `json:"mayEdit"`
	MayVerify  bool               `json:"mayVerify"`
	Begun      []string           `json:"begun,omitempty"` // rectifications that it has raised
	Revisions  []RegisterRevision `json:"revisions,omitempty"`
}

// RegisterRevision is what an entry said once.
type RegisterRevision struct {
	Revision   int            `json:"revision"`
	State      string         `json:"state"`
	RecordedAt time.Time      `json:"recordedAt"`
	By         *PersonRef     `json:"by,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Fields     map[string]any `json:"fields"`
}

// RegisterEntryPage is a page of entries.
type RegisterEntryPage struct {
	Items []RegisterEntry `json:"items"`
	Next  string          `json:"next,omitempty"`
}

// RegisterEntryInput is an entry as somebody wants it to be.
type RegisterEntryInput struct {
	Fields       map[string]any `json:"fields"`
	Revision     int            `json:"revision,omitempty"` // that was edited
	Reason       string         `json:"reason,omitempty"`
	Post         string         `json:"post,omitempty"`
	BusinessDate string         `json:"businessDate,omitempty"`
}

// RegisterAct verifies or strikes an entry, or raises its rectification.
type RegisterAct struct {
	Revision int    `json:"revision"`
	Reason   string `json:"reason,omitempty"`
	Post     string `json:"post,omitempty"`
}

// RegisterImport is what a sheet brings, or has brought.
type RegisterImport struct {
	ID       string           `json:"id,omitempty"` // none: a preview, or nothing was written
	Preview  bool             `json:"preview"`
	FileName string           `json:"fileName"`
	Digest   string           `json:"digest"`
	Rows     int              `json:"rows"`
	Added    int              `json:"added"`
	Changed  int              `json:"changed"`
	Same     int              `json:"same"`
	Refused  int              `json:"refused"`
	Rejected []RejectedCell   `json:"rejected"`
	Changes  []RegisterChange `json:"changes,omitempty"`
	Totals   []ImportTotal    `json:"totals,omitempty"`
}

// RejectedCell says why a row is sent back.
type RejectedCell struct {
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"` // letters
	Head   string `json:"head,omitempty"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
}

// RegisterChange of a field that a sheet brings.
type RegisterChange struct {
	Row    int    `json:"row"`
	Entry  string `json:"entry"`
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// ImportTotal is a total before and after an import.
type ImportTotal struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Before string `json:"before"`
	After  string `json:"after"`
}
