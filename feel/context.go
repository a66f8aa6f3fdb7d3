package feel

// Context is an ordered list of entries with unique names (DMN 1.5 §10.3.2.6).
// It is built with Set and must not change once it is shared.
type Context struct {
	keys   []string
	values []Value
	index  map[string]int // only for larger contexts
}

// indexFrom is the size from which looking a name up in a map beats scanning.
const indexFrom = 12

// NewContext is an empty context with room for n entries.
func NewContext(n int) *Context {
	return &Context{keys: make([]string, 0, n), values: make([]Value, 0, n)}
}

// Set adds the entry or replaces its value, and returns the context.
func (c *Context) Set(key string, v Value) *Context {
	if i := c.find(key); i >= 0 {
		c.values[i] = v
		return c
	}
	c.keys = append(c.keys, key)
	c.values = append(c.values, v)
	if c.index != nil {
		c.index[key] = len(c.keys) - 1
	} else if len(c.keys) >= indexFrom {
		c.index = make(map[string]int, 2*len(c.keys))
		for i, k := range c.keys {
			c.index[k] = i
		}
	}
	return c
}

func (c *Context) find(key string) int {
	if c.index != nil {
		if i, ok := c.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range c.keys {
		if k == key {
			return i
		}
	}
	return -1
}

// Get returns the value of the entry and whether there is one. A Context can serve as Vars.
func (c *Context) Get(key string) (Value, bool) {
	if c == nil {
		return nil, false
	}
	if i := c.find(key); i >= 0 {
		return c.values[i], true
	}
	return nil, false
}

// Len is the number of entries.
func (c *Context) Len() int { return len(c.keys) }

// Entry gives the i-th entry in order.
func (c *Context) Entry(i int) (string, Value) { return c.keys[i], c.values[i] }

// Keys gives the names in order; the slice must not be changed.
func (c *Context) Keys() []string { return c.keys }

// Clone is a copy that may be changed.
func (c *Context) Clone() *Context {
	n := NewContext(len(c.keys) + 1)
	for i, k := range c.keys {
		n.Set(k, c.values[i])
	}
	return n
}
