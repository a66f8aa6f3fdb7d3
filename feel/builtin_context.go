package feel

// contextFunctions are DMN 1.5 §10.3.4.10, table 80.
var contextFunctions = []*Builtin{
	define("get value", "Any", of("m: context, key: string", getValue)).example(`get value({key1: "value1"}, "key1") → "value1"`),
	define("get entries", "list<context>", of("m: context", func(c *Call, a []Value) Value {
		m := a[0].(*Context)
		if !c.Step(m.Len()) {
			return nil
		}
		l := make(List, m.Len())
		for i := range l {
			k, v := m.Entry(i)
			l[i] = NewContext(2).Set("key", k).Set("value", v)
		}
		return l
	})).example(`get entries({a: 1}) → [{key: "a", value: 1}]`),
	define("context", "context", of("entries: list", contextOf)).
		example(`context([{key: "a", value: 1}, {key: "b", value: 2}]) → {a: 1, b: 2}`),
	define("context put", "context",
		of("context: context, key: string, value: any?", func(c *Call, a []Value) Value {
			return contextPut(c, a[0].(*Context), List{a[1]}, a[2], false)
		}),
		of("context: context, keys: list, value: any?", func(c *Call, a []Value) Value {
			return contextPut(c, a[0].(*Context), a[1].(List), a[2], false)
		})).
		example(`context put({a: 1}, "b", 2) → {a: 1, b: 2}`, `context put({x: {y: 0}}, ["x", "y"], 1) → {x: {y: 1}}`),
	define("context merge", "context", of("contexts: list", contextMerge)).example(`context merge([{a: 1}, {b: 2}]) → {a: 1, b: 2}`),
}

func contextMerge(c *Call, a []Value) Value {
	merged := NewContext(4)
	for _, e := range a[0].(List) {
		m, ok := e.(*Context)
		if !ok {
			c.Warn("the list holds " + describe(e) + " instead of a context")
			return nil
		}
		if !c.Step(m.Len()) {
			return nil
		}
		for i, k := range m.keys {
			merged.Set(k, m.values[i])
		}
	}
	return merged
}

func contextOf(c *Call, a []Value) Value {
	l := a[0].(List)
	m := NewContext(len(l))
	for _, e := range l {
		entry, ok := e.(*Context)
		if !ok {
			c.Warn("the list holds " + describe(e) + " instead of a context with key and value")
			return nil
		}
		key, _ := entry.Get("key")
		id, isString := key.(string)
		v, hasValue := entry.Get("value")
		_, twice := m.Get(id)
		if !isString || !hasValue || twice || !c.Step(1) {
			c.Warn("each entry needs a key of its own and a value")
			return nil
		}
		m.Set(id, v)
	}
	return m
}

// contextPut sets the entry at the end of the path of keys; create makes the contexts that are missing on the way.
func contextPut(c *Call, m *Context, keys List, v Value, create bool) Value {
	if len(keys) == 0 {
		c.Warn("the list of keys is empty")
		return nil
	}
	key, ok := keys[0].(string)
	if !ok || !c.Step(m.Len()+1) {
		c.Warn("a key is " + describe(keys[0]) + " instead of a string")
		return nil
	}
	if len(keys) > 1 {
		inner, _ := m.Get(key)
		next, ok := inner.(*Context)
		if create && inner == nil {
			next, ok = NewContext(1), true
		}
		if !ok {
			c.Warn("there is no context under " + quote(shorten(key)))
			return nil
		}
		if v = contextPut(c, next, keys[1:], v, create); v == nil {
			return nil
		}
	}
	return m.Clone().Set(key, v)
}
