package feel

// Builtin is a built-in function.
type Builtin struct{ Name string }
