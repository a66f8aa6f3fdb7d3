package forms

// kind is how a component's value is read.
type kind int

const (
	kindNone     kind = iota // shows something, takes no value
	kindText                 // string
	kindNumber               // number, or its decimal text
	kindBool                 // checkbox
	kindChoice               // one of the options
	kindChoices              // distinct options
	kindMoment               // date, time, date-time
	kindFiles                // ids of documents
	kindComputed             // expression: computed from the answers, never taken from who submits
	kindGroup                // components below a path, or beside it
	kindList                 // rows of components
)

// kinds maps form-js component types to how their value is read.
var kinds = map[string]kind{
	"textfield":       kindText,
	"textarea":        kindText,
	"number":          kindNumber,
	"checkbox":        kindBool,
	"select":          kindChoice,
	"radio":           kindChoice,
	"checklist":       kindChoices,
	"taglist":         kindChoices,
	"datetime":        kindMoment,
	"filepicker":      kindFiles,
	"expression":      kindComputed,
	"group":           kindGroup,
	"dynamiclist":     kindList,
	"text":            kindNone,
	"html":            kindNone,
	"image":           kindNone,
	"button":          kindNone,
	"spacer":          kindNone,
	"separator":       kindNone,
	"iframe":          kindNone,
	"table":           kindNone,
	"documentPreview": kindNone,
}

func (k kind) takesValue() bool { return k != kindNone && k != kindGroup && k != kindList }
