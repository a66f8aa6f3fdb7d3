package feel

// camundaFunctions are what Camunda documents beyond the standard.
var camundaFunctions = []*Builtin{
	define("is defined", of("value: any?", func(_ *Call, a []Value) Value { return a[0] != nil })).quietly().
		example(`is defined(1) → true`, `is defined(null) → false`),
	define("get or else", of("value: any?, default: any?", func(_ *Call, a []Value) Value {
		if a[0] == nil {
			return a[1]
		}
		return a[0]
	})).quietly().example(`get or else("this", "default") → "this"`, `get or else(null, "default") → "default"`),
}

// quietly lets arguments be null without a warning: to ask for that is what the function is for.
func (b *Builtin) quietly() *Builtin {
	b.quiet = true
	return b
}
