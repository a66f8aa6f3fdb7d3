package definitions

import (
	_ "embed"
	"encoding/json"
	"path"
	"sync"
)

//go:embed former.json
var former []byte

// FormerTask says what tasks of models from before qc:task could say it are.
type FormerTask struct {
	Element string   `json:"element"` // pattern of element ids, as path.Match has them
	Edits   []string `json:"edits"`
	About   string   `json:"about"`
}

// formerTasks are the lines of former.json.
var formerTasks = sync.OnceValues(func() ([]FormerTask, error) {
	var f struct {
		Tasks []FormerTask `json:"tasks"`
	}
	err := json.Unmarshal(former, &f)
	return f.Tasks, err
})

// Former says what a task of a former release's models edits and is about.
func Former(element string) (edits []string, about string, err error) {
	all, err := formerTasks()
	for _, t := range all {
		if fits, _ := path.Match(t.Element, element); !fits {
			continue
		}
		if edits == nil {
			edits = t.Edits
		}
		if about == "" {
			about = t.About
		}
	}
	return edits, about, err
}
