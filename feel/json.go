package feel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// maxJSONDepth bounds the nesting of documents that FromJSON reads.
const maxJSONDepth = 500

// maxJSON bounds the documents that ToJSON writes, in bytes: values may share parts and be far longer as text.
const maxJSON = 64 << 20

// FromJSON reads one JSON document into FEEL values. Numbers stay exact, the order of object members is
// kept, and of repeated members the last one counts.
func FromJSON(data []byte) (Value, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := readJSON(dec, 0)
	if err != nil {
		return nil, fmt.Errorf("read JSON at byte %d: %w", dec.InputOffset(), err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("read JSON at byte %d: text after the document", dec.InputOffset())
	}
	return v, nil
}

func readJSON(dec *json.Decoder, depth int) (Value, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("nested more than %d deep", maxJSONDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Number:
		return ParseNumber(tok.String())
	case json.Delim:
		if tok == '[' {
			return readJSONArray(dec, depth)
		}
		return readJSONObject(dec, depth)
	}
	return tok, nil // nil, bool, string
}

func readJSONArray(dec *json.Decoder, depth int) (Value, error) {
	list := List{}
	for dec.More() {
		v, err := readJSON(dec, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return list, err
}

func readJSONObject(dec *json.Decoder, depth int) (Value, error) {
	c := NewContext(4)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := readJSON(dec, depth+1)
		if err != nil {
			return nil, err
		}
		c.Set(key.(string), v)
	}
	_, err := dec.Token()
	return c, err
}

// ToJSON is the inverse of FromJSON. Temporal values and durations become
// their ISO 8601 text, ranges their FEEL text. Functions have no JSON.
func ToJSON(v Value) ([]byte, error) { return appendJSON(nil, v, 0) }

func appendJSON(b []byte, v Value, depth int) ([]byte, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("write JSON: nested more than %d deep", maxJSONDepth)
	}
	if len(b) > maxJSON {
		return nil, fmt.Errorf("write JSON: the document is longer than %d bytes", maxJSON)
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		if v {
			return append(b, "true"...), nil
		}
		return append(b, "false"...), nil
	case Number:
		return append(b, v.jsonText()...), nil
	case string:
		return appendJSONString(b, v)
	case Date, Time, DateTime, YearsMonths, DaysTime, *Range:
		return appendJSONString(b, Text(v))
	case List:
		return appendJSONList(b, v, depth)
	case *Context:
		return appendJSONContext(b, v, depth)
	}
	return nil, fmt.Errorf("write JSON: a %s has no JSON form", kindOf(v))
}

// jsonText is the plain text, or one with an exponent when the plain one would be a row of zeros.
func (n Number) jsonText() string {
	if n.big != nil && (n.big.Exponent > 40 || n.big.Exponent < -60) {
		return n.text()
	}
	return n.String()
}

func appendJSONString(b []byte, s string) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			var buf bytes.Buffer
			enc := json.NewEncoder(&buf)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(s); err != nil {
				return nil, err
			}
			return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...), nil
		}
	}
	return append(append(append(b, '"'), s...), '"'), nil
}

func appendJSONList(b []byte, l List, depth int) ([]byte, error) {
	var err error
	b = append(b, '[')
	for i, e := range l {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendJSON(b, e, depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendJSONContext(b []byte, c *Context, depth int) ([]byte, error) {
	var err error
	b = append(b, '{')
	for i, k := range c.keys {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendJSONString(b, k); err != nil {
			return nil, err
		}
		b = append(b, ':')
		if b, err = appendJSON(b, c.values[i], depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// MarshalJSON writes the number exactly.
func (n Number) MarshalJSON() ([]byte, error) { return ToJSON(n) }

// UnmarshalJSON reads a JSON number exactly.
func (n *Number) UnmarshalJSON(data []byte) error {
	v, err := FromJSON(data)
	if err != nil {
		return err
	}
	number, ok := v.(Number)
	if !ok {
		return fmt.Errorf("feel: %s is not a number", data)
	}
	*n = number
	return nil
}
