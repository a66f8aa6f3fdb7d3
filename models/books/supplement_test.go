package books

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/quancheng/quancheng/models"
)

// TestPartsNameEveryField: each field of the shipped application belongs to exactly one part, and to the step that shows it.
func TestPartsNameEveryField(t *testing.T) {
	raw, err := os.ReadFile("../../workflows/definitions/application.form")
	if err != nil {
		t.Fatal(err)
	}
	type component struct {
		Key, Path  string
		Type       string
		Components []component
		Properties map[string]string
	}
	var form component
	if err := json.Unmarshal(raw, &form); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for part, keys := range Parts {
		for _, key := range keys {
			if seen[key] != "" {
				t.Errorf("%s belongs to %s and %s", key, seen[key], part)
			}
			seen[key] = part
		}
	}
	for _, group := range form.Components {
		for _, c := range group.Components {
			key := c.Key + c.Path
			if key == "" {
				continue
			}
			if seen[key] != group.Properties["step"] {
				t.Errorf("%s stands in step %q and in part %q", key, group.Properties["step"], seen[key])
			}
			delete(seen, key)
		}
	}
	for _, key := range []string{"name", "type", "mlpsLevel", "lines"} {
		delete(seen, key)
	}
	if len(seen) > 0 {
		t.Errorf("no field is called %v", seen)
	}
}

func TestChanged(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          []string
	}{
		{`{}`, `{}`, nil},
		{`{"total":100}`, `{"total":100.00}`, nil},
		{`{"total":100}`, `{"total":101}`, []string{"total"}},
		{`{"total":100}`, `{"total":"100"}`, []string{"total"}},
		{`{"contact":"张"}`, `{}`, []string{"contact"}},
		{`{"contact":""}`, `{}`, nil},
		{`{}`, `{"personal":false,"rows":[],"group":{}}`, nil},
		{`{"rows":[]}`, `{}`, nil},
		{`{"rows":[{"a":1}]}`, `{"rows":[{"a":1.0,"b":""}]}`, nil},
		{`{"rows":[{"a":1}]}`, `{"rows":[{"a":1},{"a":2}]}`, []string{"rows"}},
		{`{"b":1,"a":"x"}`, `{"b":2,"a":"y"}`, []string{"a", "b"}},
		{`{"a":true}`, `{"a":false}`, []string{"a"}},
	} {
		got, err := Changed(models.JSON(c.before), models.JSON(c.after))
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: %v %v, want %v", c.before, c.after, got, err, c.want)
		}
	}
}
