package partners

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/quancheng/quancheng/webhook"
)

// state is what a bureau remembers.
type state struct {
	Faults   Faults            `json:"faults"`
	Projects map[string]Faults `json:"projects,omitempty"` // by project code
	Received map[string]bool   `json:"received"`           // ids of our events
	Queue    []queued          `json:"queue,omitempty"`    // what is still to be sent, in order
	Seq      int64             `json:"seq"`
	Last     string            `json:"last,omitempty"` // id of the event before
	Budgets  map[string]string `json:"budgets"`        // project code → bgt_id
	Tenders  map[string]int    `json:"tenders"`        // project code → rounds tendered
}

type queued struct {
	Event webhook.Envelope `json:"event"`
	Due   time.Time        `json:"due"`
	Tries int              `json:"tries,omitempty"`
}

func (s *state) load(file string) error {
	*s = state{Received: map[string]bool{}, Budgets: map[string]string{}, Tenders: map[string]int{}, Projects: map[string]Faults{}}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("partners: read state: %w", err)
	}
	if err := json.Unmarshal(raw, s); err != nil {
		return fmt.Errorf("partners: state in %s: %w", file, err)
	}
	return nil
}

// save writes the state beside the file, to the disk, and then renames it, so
// that a kill leaves either the old or the new state.
func (s *state) save(file string) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".bureau-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone when it was renamed
	_, err = tmp.Write(raw)
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}
