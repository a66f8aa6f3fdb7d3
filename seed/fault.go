package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/texts"
)

// Fault is a mistake in a data set: where it is, and what is wrong there.
type Fault struct {
	Line    int    // in the file; 0: not known
	Pointer string // /walks/3/on
	Code    string // of the sentence seedData.<code>
	Args    map[string]string
}

// Faults are all mistakes that were found, in the order of the file.
type Faults []Fault

// most is how many are told at once.
const most = 20

// Error tells them one a line, with line and field.
func (f Faults) Error() string {
	var b strings.Builder
	b.WriteString(texts.Text(texts.Chinese, "seedData.refused", map[string]string{"n": strconv.Itoa(len(f))}))
	for i, x := range f {
		if i == most {
			b.WriteString("\n" + texts.Text(texts.Chinese, "seedData.more", map[string]string{"n": strconv.Itoa(len(f) - most)}))
			break
		}
		line := ""
		if x.Line > 0 {
			line = texts.Text(texts.Chinese, "seedData.line", map[string]string{"n": strconv.Itoa(x.Line)})
		}
		b.WriteString("\n" + strings.TrimSpace(line+place(x.Pointer)) + "：" + texts.Text(texts.Chinese, "seedData."+x.Code, x.Args))
	}
	return b.String()
}

// place tells a pointer in words: walks 第4条 on.
func place(pointer string) string {
	var out []string
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if n, err := strconv.Atoi(part); err == nil {
			part = texts.Text(texts.Chinese, "seedData.nth", map[string]string{"n": strconv.Itoa(n + 1)})
		}
		out = append(out, part)
	}
	return strings.Join(out, " ")
}

// add notes a mistake; args are names and values.
func (f *Faults) add(pointer, code string, args ...string) {
	x := Fault{Pointer: pointer, Code: code, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		x.Args[args[i]] = args[i+1]
	}
	*f = append(*f, x)
}

func (f Faults) orNil(lines map[string]int) error {
	if len(f) == 0 {
		return nil
	}
	for i := range f {
		// What is missing has no line: that of what lacks it.
		for p := f[i].Pointer; f[i].Line == 0 && p != ""; p = p[:strings.LastIndex(p, "/")] {
			f[i].Line = lines[p]
		}
	}
	return f
}

// unreadable is what is no text of ours: a reader of JSON would take other characters in its place.
func unreadable(raw []byte) error {
	for at := 0; at < len(raw); {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size == 1 {
			return Faults{{Line: 1 + bytes.Count(raw[:at], []byte("\n")), Code: "encoding"}}
		}
		at += size
	}
	return nil
}

// linesOf says at which line each value of a JSON text stands, by its pointer, and which names an object has twice.
func linesOf(raw []byte) (map[string]int, Faults) {
	lines, dec := map[string]int{}, json.NewDecoder(bytes.NewReader(raw))
	var twice Faults
	line, counted := 1, 0
	here := func() int {
		at := int(dec.InputOffset())
		line += bytes.Count(raw[counted:at], []byte("\n"))
		counted = at
		return line
	}
	var value func(pointer string) error
	value = func(pointer string) error {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		if _, there := lines[pointer]; there {
			twice = append(twice, Fault{Line: here(), Pointer: pointer, Code: "nameTwice"})
		}
		lines[pointer] = here()
		open, compound := t.(json.Delim)
		if !compound {
			return nil
		}
		for n := 0; dec.More(); n++ {
			name := strconv.Itoa(n)
			if open == '{' {
				key, err := dec.Token()
				if err != nil {
					return err
				}
				name = fmt.Sprint(key)
			}
			if err := value(pointer + "/" + name); err != nil {
				return err
			}
		}
		_, err = dec.Token()
		return err
	}
	_ = value("") // what is no JSON the reader says
	return lines, twice
}

// kindOf is what a value should be, in the words of JSON.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.String:
		return "string"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "object"
	}
	return "number"
}

// misread tells what the reader of JSON found wrong, with the line.
func misread(raw []byte, offset int64, err error) error {
	line := 1 + bytes.Count(raw[:min(int(offset), len(raw))], []byte("\n"))
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch unknown, isUnknown := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case errors.As(err, &kind):
		line = 1 + bytes.Count(raw[:min(int(kind.Offset), len(raw))], []byte("\n"))
		return Faults{{Line: line, Pointer: "/" + strings.ReplaceAll(kind.Field, ".", "/"), Code: "type", Args: map[string]string{
			"got": kind.Value, "want": texts.Text(texts.Chinese, "seedData.kind."+kindOf(kind.Type), nil),
		}}}
	case errors.As(err, &syntax):
		line = 1 + bytes.Count(raw[:min(int(syntax.Offset), len(raw))], []byte("\n"))
		return Faults{{Line: line, Code: "syntax"}}
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return Faults{{Line: 1 + bytes.Count(raw, []byte("\n")), Code: "cut"}}
	case isUnknown:
		return Faults{{Line: line, Pointer: "/" + strings.Trim(unknown, `"`), Code: "unknownField"}}
	}
	return fmt.Errorf("data set: %w", err)
}
