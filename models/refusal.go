package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Refusal is a caller's fault: nothing was changed. Texts for people come from
// the catalogues in package texts by Code, with Args filled in.
type Refusal struct {
	Code   string            `json:"code"`             // stable slug, such as "cut-above-declared"
	Args   map[string]string `json:"args,omitempty"`   // values for the text
	Fields []FieldError      `json:"fields,omitempty"` // what is wrong where, all at once
}

// FieldError is what is wrong with one field.
type FieldError struct {
	Pointer string            `json:"pointer"` // JSON pointer into the submitted data, such as /lines/3/reviewed
	Code    string            `json:"code"`
	Args    map[string]string `json:"args,omitempty"`
	Check   *CheckFault       `json:"check,omitempty"` // of a rule's finding; its sentences are the pack's own
}

// CheckFault is what a rule of a check point says against an act.
type CheckFault struct {
	Rule    string         `json:"rule"`
	Name    Bilingual      `json:"name"`
	State   string         `json:"state"` // block, remind, unknown, error
	Place   string         `json:"place"` // where an answer to it belongs
	Detail  Bilingual      `json:"detail"`
	Values  map[string]any `json:"values,omitempty"`
	Basis   string         `json:"basis"`
	Satisfy Bilingual      `json:"satisfy"`
}

// Bilingual is a sentence that data bring along, not the catalogues.
type Bilingual struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Error makes a Refusal an error.
func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString(r.Code)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Pointer, f.Code)
	}
	return b.String()
}

// Refuse makes a Refusal; args are name, value, name, value ….
func Refuse(code string, args ...string) *Refusal { return &Refusal{Code: code, Args: Pairs(args)} }

// Field adds what is wrong with a field.
func (r *Refusal) Field(pointer, code string, args ...string) *Refusal {
	r.Fields = append(r.Fields, FieldError{Pointer: pointer, Code: code, Args: Pairs(args)})
	return r
}

// OrNil is r if any field was found wrong, else no error.
func (r *Refusal) OrNil() error {
	if len(r.Fields) == 0 {
		return nil
	}
	return r
}

// Pairs makes a map of names and values that follow each other.
func Pairs(args []string) map[string]string {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

// DecodeExact reads JSON; numbers of an `any` stay exact.
func DecodeExact(raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return dec.Decode(v)
}
