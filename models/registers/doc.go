// Package registers holds the registers (台账) of a county: what a register is
// stands in a file registers/<id>.json beside the models, not in code. A file
// names fields, key, business date, who writes, verifies and reads, what is
// masked, which totals it has, and what an entry begins; docs/process-authoring.md
// shows how to add one.
//
// definition.go reads and checks a file, deploy.go makes it the newest version and
// says what becomes of rows and figures, value.go and entry.go turn what people
// enter into rows, save.go writes them (register_entry with its newest state,
// register_revision with every state), list.go and total.go are SQL over the typed
// slots, import.go takes a sheet in. right.go decides who may what.
//
// A report's figure of the kind "register" is a total: see Figure and FigureRows.
package registers
