package feel

// run is one evaluation: its environment, the warnings so far, and the work done.
type run struct {
	env      Env
	warnings []Warning
	steps    int
	at       place
}

// place is a sub-expression's position, for warnings.
type place struct {
	line, col int
	text      string
}

func (r *run) warn(at place, message string) {
	r.warnings = append(r.warnings, Warning{Line: at.line, Col: at.col, Expr: at.text, Message: message})
}

func (r *run) step(n int) bool { r.steps += n; return true }

func (r *run) invoke(f *Func, args []Value) Value { return f.Invoke(&Call{r}, args) }
